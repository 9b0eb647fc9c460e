import Database
import Kernel

/// At most five wrong names are compared per certificate number and day, so that a name cannot be found by guessing.
struct NameCheckStore {
    let transaction: Transaction
    static let most = 5

    /// Counts a name before it is compared. Failure: `verify.names` after five wrong names of the day.
    func count(_ number: CertificateNumber, on day: Day) throws {
        try transaction.execute("DELETE FROM verification_guess WHERE day < \(day)")
        let guesses = try transaction.first(
            """
            INSERT INTO verification_guess (number, day, guesses) VALUES (\(number.text), \(day), 1)
            ON CONFLICT (number, day) DO UPDATE SET guesses = verification_guess.guesses + 1 RETURNING guesses
            """
        ) { try $0.int(0) }
        guard guesses ?? 1 <= Self.most else { throw Failure.tooManyNames }
    }

    /// Takes back the count of a right name, in the transaction that counted it.
    func giveBack(_ number: CertificateNumber, on day: Day) throws {
        try transaction.execute(
            "UPDATE verification_guess SET guesses = guesses - 1 WHERE number = \(number.text) AND day = \(day)")
    }
}
