/// The time limit of a database statement.
package enum StatementLimit {
    /// The limit of the current task and the tasks that it starts; `nil` for no limit, as for jobs, migrations and the
    /// command line.
    @TaskLocal package static var current: Duration?
}
