import Kernel

/// Whose people somebody looks after today. Lists take it as a parameter, so that no page can forget it.
package enum Scope: Sendable, Hashable {
    case everybody
    /// The units of a region and of those below it.
    case region(RegionCode)
    /// The units that an authority supervises, whoever is between them.
    case below(ID<Organisation>)
    case unit(ID<Organisation>)

    package var isOneUnit: Bool { if case .unit = self { true } else { false } }
}
