import Foundation
import Kernel

/// The resources of this module: the templates of the frame and the site's assets.
package enum WebResources {
    package static var views: URL { Bundle.module.bundleURL.appending(path: "Web.views") }

    /// The stylesheet alone, for self-contained files.
    package static var theme: URL { asset("theme.css") }

    /// The names of the icons in `icons.svg`.
    package static let icons: [String] = {
        let text = (try? String(contentsOf: asset("icons.svg"), encoding: .utf8)) ?? ""
        return text.matches(of: #/<symbol id="([a-z-]+)"/#).map { String($0.1) }
    }()

    private static func asset(_ name: String) -> URL { Bundle.module.bundleURL.appending(path: "Web.assets/\(name)") }

    /// This module's assets and Bootstrap's stylesheet as Debian installs it.
    package static var assets: [URL] {
        let own = ["theme.css", "site.js", "icons.svg", "icon.svg"] + AppIcon.all.map(\.file)
        return own.map(asset) + [URL(filePath: "/usr/share/bootstrap-html/css/bootstrap.min.css")]
    }
}
