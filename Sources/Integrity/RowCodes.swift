import Database
import Signing

extension MACKey: RowAuthenticator {}

extension Database {
    /// Rows under a code are written and checked with these keys from now on.
    package func authenticate(with keys: KeyRing) { authenticate(by: keys.rowMAC) }
}
