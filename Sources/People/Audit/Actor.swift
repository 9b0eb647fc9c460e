import Kernel
import Web

/// Who does something, in which role and from where: what a record of the audit begins with.
package struct Actor: Sendable, Hashable {
    /// The chain that this actor's records are in: `account/17`, `system/root`, `program/serve`, `strangers`.
    package let chain: String
    /// The account, where somebody is signed in to it.
    package let account: Int?
    package let role: Role?
    package let organisation: Int?
    /// Where the request comes from; empty at the command line.
    package let address: String

    private init(
        _ chain: String, account: Int? = nil, role: Role? = nil, organisation: Int? = nil, from address: String = ""
    ) {
        (self.chain, self.account, self.role, self.organisation) = (chain, account, role, organisation)
        self.address = String(address.filter { $0.isHexDigit || $0 == "." || $0 == ":" }.prefix(45))
    }

    package static func account(
        _ number: Int, role: Role?, organisation: Int?, from address: String
    ) -> Actor {
        Actor(chain(of: number), account: number, role: role, organisation: organisation, from: address)
    }

    /// Somebody who wants to be let in to an account and has not shown to be its owner.
    package static func claimant(of account: ID<Account>, from address: String) -> Actor {
        Actor(chain(of: account.number), from: address)
    }

    /// The operating system's user who types a command.
    package static func system(_ user: String) -> Actor { Actor("system/" + user.auditCode) }

    /// What the program does by itself.
    package static func program(_ name: String) -> Actor { Actor("program/" + name.auditCode) }

    /// Somebody who is not signed in.
    package static func stranger(from address: String) -> Actor { Actor("strangers", from: address) }

    package static func chain(of account: Int) -> String { "account/\(account)" }

    /// The same actor, coming from somewhere else.
    package func from(_ address: String) -> Actor {
        Actor(chain, account: account, role: role, organisation: organisation, from: address)
    }
}

extension WebRequest {
    /// Who asks.
    package var actor: Actor {
        guard let principal else { return .stranger(from: address) }
        return .account(
            principal.account.number, role: principal.role, organisation: principal.organisation?.number, from: address)
    }
}

extension String {
    /// At most 64 characters, each a letter, a digit or one of `. _ - / : |`; others become `_`. So neither a name nor
    /// what somebody typed gets into the audit.
    var auditCode: String {
        String(
            decoding: utf8.prefix(64).map { byte in
                switch byte {
                case 48...57, 65...90, 97...122, 45...47, 58, 95, 124: byte
                default: UInt8(ascii: "_")
                }
            }, as: UTF8.self)
    }
}
