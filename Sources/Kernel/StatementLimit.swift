/// How long one statement of the database may run for whoever asks.
package enum StatementLimit {
    /// Of the task at hand, and of tasks that it starts; `nil` where there is no limit, as for jobs, migrations and the
    /// command line.
    @TaskLocal package static var current: Duration?
}
