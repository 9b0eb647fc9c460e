import Certificates
import Jobs
import Kernel
import People
import Web

/// Features whose pages are in the modules below this one.
extension Feature {
    /// Signing in and one's own account.
    package static let accounts = Feature("accounts", views: [AccountPages.views]) { context in
        let own = try OwnAccountPages(context.accounts, context.views, context.cookies)
        return FeatureSite(routes: context.signIn.routes + own.routes)
    }

    /// 通知
    package static let notices = Feature("notices", views: [NoticePages.views]) { context in
        let pages = try NoticePages(context.notices, context.views)
        return FeatureSite(routes: pages.routes, navigation: pages.navigation)
    }

    /// 核验, on pages and in the API.
    package static let verification = Feature(
        "verification", views: [VerificationPages.views], assets: VerificationPages.assets
    ) { context in
        let (certificates, limit) = (context.certificates, context.checks)
        let pages = try VerificationPages(certificates, context.views, context.assets, limit)
        var site = FeatureSite(routes: pages.routes, navigation: pages.navigation)
        site.endpoints = VerificationAPI(certificates, limit).endpoints
        return site
    }

    /// 任务
    package static let jobs: Feature = {
        var feature = Feature("jobs", views: [JobPages.views]) { context in
            let (jobs, audit, contributions) = (context.jobs, context.services.audit, context.contributions)
            let pages = try JobPages(
                jobs, context.views, next: { try await contributions.followUp($0) },
                downloading: { request, job in
                    try await audit.acting(as: request.actor).record(.downloadFile, .job(job.number.number))
                })
            let orderers: AccessPolicy = .roles([.employer, .authority, .bureau, .auditor])
            var site = FeatureSite(routes: pages.routes, navigation: pages.navigation(orderers))
            site.gauges = {
                guard let counts = try? await jobs.counts() else { return [] }
                return [
                    Gauge("xueshi_jobs_open", "Jobs that wait or run.", counts.open),
                    Gauge("xueshi_jobs_failed", "Jobs that failed within a day.", counts.failed),
                ]
            }
            site.background = { await jobs.work() }
            return site
        }
        feature.migrations = { Jobs.migrations($0.keys) }
        return feature
    }()
}

extension Contributions {
    /// The next step after a finished job, from the feature that the job belongs to.
    fileprivate func followUp(_ job: Job) async throws -> JobFollowUp? {
        for site in all {
            if let next = try await site.followUp(job) { return next }
        }
        return nil
    }
}
