import Foundation
import TestSupport
import Testing

/// One part after another: the walks never wait, and would leave other tests no thread.
///
/// `LIFE_WALKS` says how many there are; `Scripts/walks.sh` takes ten thousand.
@Suite(.serialized, .ownThread) struct `However a conversation goes,` {
  private static let walksOfEach =
    ((ProcessInfo.processInfo.environment["LIFE_WALKS"].flatMap { Int($0) } ?? 800) + parts - 1) / parts
  private static let first = ProcessInfo.processInfo.environment["LIFE_WALKS_FIRST"].flatMap { UInt64($0) } ?? 0
  private static let parts = 16

  @Test(arguments: 0..<parts) func `every request is one the API takes`(part: Int) async throws {
    var flaws: [String] = []
    var requests = 0
    let folder = try TemporaryFolder()
    _ = try folder.write("a", "text\n")
    for number in 0..<Self.walksOfEach where flaws.count < 3 {
      let walk = try Walk(seed: Self.first + UInt64(part * Self.walksOfEach + number), folder: folder)
      flaws += try await walk.take()
      requests += walk.requests
    }
    #expect(flaws == [])
    // Walks that ask for nothing would prove nothing; of a few one may be short.
    #expect(Self.walksOfEach < 8 || requests > 5 * Self.walksOfEach)
  }
}
