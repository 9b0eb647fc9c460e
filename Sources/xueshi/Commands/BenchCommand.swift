import ArgumentParser

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: words("性能测量，每项都与同一次运行的基准对照", "Measurements, each compared with its baseline in the same run."),
        subcommands: [
            PolicyBench.self, WritesBench.self, ImportBench.self, SettleBench.self, CertificatesBench.self,
            PagesBench.self, StartBench.self, ReportBench.self, UploadsBench.self, BareServerCommand.self,
            UploadServerCommand.self,
        ])
}
