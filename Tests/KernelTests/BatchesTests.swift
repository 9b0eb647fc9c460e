import Kernel
import Testing

@Suite struct BatchesTests {
    @Test func everyNumberIsInOneBatch() {
        #expect(ClosedRange.batches(through: 0, of: 3).isEmpty)
        #expect(ClosedRange.batches(through: 2, of: 3) == [1...2])
        #expect(ClosedRange.batches(through: 3, of: 3) == [1...3])
        #expect(ClosedRange.batches(through: 7, of: 3) == [1...3, 4...6, 7...7])
    }
}
