import Foundation
import Kernel

/// The resources of this module: the templates of the frame and the site's assets.
package enum WebResources {
    package static var views: URL { Bundle.module.bundleURL.appending(path: "Web.views") }

    /// The stylesheet alone, for self-contained files.
    package static var theme: URL { Bundle.module.bundleURL.appending(path: "Web.assets/theme.css") }

    /// This module's assets and Bootstrap's stylesheet as Debian installs it.
    package static var assets: [URL] {
        let own = ["theme.css", "site.js", "icons.svg", "icon.svg"].map {
            Bundle.module.bundleURL.appending(path: "Web.assets/\($0)")
        }
        return own + [URL(filePath: "/usr/share/bootstrap-html/css/bootstrap.min.css")]
    }
}
