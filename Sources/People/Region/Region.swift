import Kernel

/// An administrative division or functional zone (行政区划、功能区) by GB/T 2260 and its extensions.
package struct Region: Sendable, Hashable {
    package let code: RegionCode
    package let name: String

    package init(code: RegionCode, name: String) { (self.code, self.name) = (code, name) }
}
