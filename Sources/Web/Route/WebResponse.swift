import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore

/// The response to a request.
package enum WebResponse: Sendable {
    /// A page in the site's frame.
    case page(Page)
    /// A redirect to the next page after an act.
    case moved(Link)
    /// A stored file, which supports ranges.
    case file(ServedFile)
    /// Bytes with a type. With a file name they are saved instead of shown, except pictures and films.
    case bytes([UInt8], type: FileType, file: String? = nil)
    /// Any other response.
    case response(Response)
}

/// A page: title, breadcrumbs, body and status.
package struct Page: Sendable {
    package var title: String
    /// The pages above it, highest first.
    package var breadcrumbs: [Breadcrumb]
    package var body: HTML
    package var status: Status
    /// Script modules that only this page needs.
    package var modules: [String]
    /// The page whose item the navigation marks, if this page's own path is not below it.
    package var place: Link?

    /// What the status code of a page is made from.
    package enum Status: Sendable {
        case ok
        /// The page explains why something was not done.
        case failed(Failure)
        /// The page says that the requested object does not exist.
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

/// One step of the path to a page.
package struct Breadcrumb: Sendable {
    package let title: String
    package let link: Link

    package static let home = Breadcrumb("首页", Link.home)

    package init(_ title: String, _ link: Link) { (self.title, self.link) = (title, link) }
}
