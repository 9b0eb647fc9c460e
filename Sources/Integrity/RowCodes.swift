import Database
import Signing

extension MACKey: RowAuthenticator {}

extension Database {
    /// From now on rows with codes are written and checked with these keys.
    package func authenticate(with keys: KeyRing) { authenticate(by: keys.rowMAC) }
}
