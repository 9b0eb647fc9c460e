import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore

/// What a request is answered with.
package enum WebResponse: Sendable {
    /// A page within the site's frame.
    case page(Page)
    /// The next page to read, after something was done.
    case moved(Link)
    /// A stored file, from any of its bytes on.
    case file(ServedFile)
    /// Bytes with a type; with a name they are kept as a file.
    case bytes([UInt8], type: FileType, file: String? = nil)
    /// Anything else.
    case response(Response)
}

/// One page: what it is called, where it stands, and what it says.
package struct Page: Sendable {
    package var title: String
    /// The pages above it, the highest first.
    package var breadcrumbs: [Breadcrumb]
    package var body: HTML
    package var status: Status
    /// Modules that only this page needs.
    package var modules: [String]

    /// What a machine reads of a page.
    package enum Status: Sendable {
        case ok
        /// It says why something was not done.
        case failed(Failure)
        /// What was asked for is not there, and the page says so.
        case notFound

        package static func of(_ failure: Failure?) -> Status { failure.map { .failed($0) } ?? .ok }
    }

    package init(
        _ title: String, breadcrumbs: [Breadcrumb] = [], status: Status = .ok, modules: [String] = [], _ body: HTML
    ) {
        (self.title, self.breadcrumbs, self.status) = (title, breadcrumbs, status)
        (self.modules, self.body) = (modules, body)
    }
}

/// One step of the way to a page.
package struct Breadcrumb: Sendable {
    package let title: String
    package let link: Link

    package static let home = Breadcrumb("首页", Link.home)

    package init(_ title: String, _ link: Link) { (self.title, self.link) = (title, link) }
}
