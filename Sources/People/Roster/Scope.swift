import Kernel

/// The people that a user may see today. Lists take it as a parameter, so no page can forget it.
package enum Scope: Sendable, Hashable {
    case everybody
    /// The units of a region and of the regions below it.
    case region(RegionCode)
    /// The units below an authority, at any depth.
    case below(ID<Organisation>)
    case unit(ID<Organisation>)

    package var isOneUnit: Bool { if case .unit = self { true } else { false } }
}
