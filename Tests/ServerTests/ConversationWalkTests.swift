import TestSupport
import Testing

/// One part after another: the walks never wait, and would leave other tests no thread.
@Suite(.serialized) struct `However a conversation goes,` {
  private static let walksOfEach = 625

  @Test(arguments: 0..<16) func `every request is one the API takes`(part: Int) async throws {
    var flaws: [String] = []
    var requests = 0
    let folder = try TemporaryFolder()
    _ = try folder.write("a", "text\n")
    for number in 0..<Self.walksOfEach where flaws.count < 3 {
      let walk = try Walk(seed: UInt64(part * Self.walksOfEach + number), folder: folder)
      flaws += try await walk.take()
      requests += walk.requests
    }
    #expect(flaws == [])
    // Walks that ask for nothing would prove nothing.
    #expect(requests > 5 * Self.walksOfEach)
  }
}
