import Kernel
import Testing

/// Expects that `body` fails because of a row that this program did not write.
package func forged(
    _ place: String, at location: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async {
    let failure = await #expect(throws: Failure.self, sourceLocation: location) { try await body() }
    #expect(failure?.code == "database.forged", sourceLocation: location)
    #expect(failure?.words.english.contains(place) == true, sourceLocation: location)
}
