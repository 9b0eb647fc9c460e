import Kernel
import Web

/// Who does something, in which role and from which address: the first part of an audit record.
package struct Actor: Sendable, Hashable {
    /// The chain of this actor's records: `account/17`, `system/root`, `program/serve`, `strangers`.
    package let chain: String
    /// The account, if the actor is signed in.
    package let account: Int?
    package let role: Role?
    package let organisation: Int?
    /// The address of the request; empty at the command line.
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

    /// Somebody who tries to access an account and is not yet authenticated.
    package static func claimant(of account: ID<Account>, from address: String) -> Actor {
        Actor(chain(of: account.number), from: address)
    }

    /// The operating system's user at the command line.
    package static func system(_ user: String) -> Actor { Actor("system/" + user.auditCode) }

    /// The program itself.
    package static func program(_ name: String) -> Actor { Actor("program/" + name.auditCode) }

    /// A user who is not signed in.
    package static func stranger(from address: String) -> Actor { Actor("strangers", from: address) }

    package static func chain(of account: Int) -> String { "account/\(account)" }

    /// The same actor with another address.
    package func from(_ address: String) -> Actor {
        Actor(chain, account: account, role: role, organisation: organisation, from: address)
    }
}

extension WebRequest {
    /// The actor of this request.
    package var actor: Actor {
        guard let principal else { return .stranger(from: address) }
        return .account(
            principal.account.number, role: principal.role, organisation: principal.organisation?.number, from: address)
    }
}

extension String {
    /// At most 64 characters, each a letter, a digit or one of `. _ - / : |`; others become `_`. This keeps names and
    /// typed text out of the audit log.
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
