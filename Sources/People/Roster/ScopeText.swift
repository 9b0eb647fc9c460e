import Kernel

extension Scope {
    /// The text in a job's row. The job keeps the scope of its request, since the user's role may change before it
    /// runs.
    package var text: String {
        switch self {
        case .everybody: "everybody"
        case .region(let region): "region \(region)"
        case .below(let authority): "below \(authority)"
        case .unit(let unit): "unit \(unit)"
        }
    }

    package init?(text: String) {
        let words = text.split(separator: " ")
        switch (words.first, words.last) {
        case ("everybody", _): self = .everybody
        case ("region", let code?):
            guard let region = RegionCode(code) else { return nil }
            self = .region(region)
        case ("below", let number?):
            guard let authority = ID<Organisation>(number) else { return nil }
            self = .below(authority)
        case ("unit", let number?):
            guard let unit = ID<Organisation>(number) else { return nil }
            self = .unit(unit)
        default: return nil
        }
    }
}
