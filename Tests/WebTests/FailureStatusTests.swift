import HTTPTypes
import Kernel
import Testing

@testable import Web

/// The status of a response depends on the kind of the failure, not on its code.
@Suite struct FailureStatusTests {
    static let statuses: [(kind: Failure.Kind, status: Int, isRecorded: Bool)] = [
        (.badInput, 400, false), (.notSignedIn, 401, false), (.denied, 403, true), (.notFound, 404, false),
        (.otherMethod, 405, false), (.conflict, 409, false), (.tooLarge, 413, false), (.otherType, 415, false),
        (.refused, 422, true),
        (.tooMany, 429, false), (.damaged, 500, false), (.unavailable, 503, false),
    ]

    @Test(arguments: statuses) func aKindOfFailureHasOneStatus(kind: Failure.Kind, status: Int, isRecorded: Bool) {
        for code in ["test.any", "web.too-large", "web.method", "web.sign-in", "web.token"] {
            let failure = Failure(kind, code, "x", en: "x")
            #expect(failure.status.code == status && failure.isRecorded == isRecorded, "\(code)")
        }
        #expect(Failure(kind, "test.any", "x", en: "x", isRecorded: !isRecorded).isRecorded == !isRecorded)
    }

    @Test func failuresWithOtherValuesAreTheSameFailure() {
        let one = Failure(.tooMany, "test.wait", "请 5 分钟后再试。", en: "Wait 5 minutes.")
        let other = Failure(.tooMany, "test.wait", "请 9 分钟后再试。", en: "Wait 9 minutes.", detail: "x")
        #expect(one.isSame(as: other) && one != other && !one.isSame(as: .tooLarge))
    }
}
