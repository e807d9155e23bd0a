import Foundation
import TestSupport
import Testing

/// The walks talk to whole servers: each part has a thread of its own.
///
/// `LIFE_WALKS` says how many there are; `Scripts/walks.sh` takes ten thousand.
@Suite(.ownThread) struct `Whatever happens in a conversation's life,` {
  private static let parts = 4
  private static let walks = ProcessInfo.processInfo.environment["LIFE_WALKS"].flatMap { Int($0) } ?? 56
  /// The first seed, so that a long walk can be taken on from another place.
  private static let first = ProcessInfo.processInfo.environment["LIFE_WALKS_FIRST"].flatMap { UInt64($0) } ?? 0

  @Test(arguments: 0..<parts)
  func `it goes on: nothing is refused that could be known, no thinking is lost without need, and it can be moved`(
    part: Int
  ) throws {
    var flaws = 0
    var requests = 0
    let share = (Self.walks + Self.parts - 1) / Self.parts
    for number in 0..<share where flaws < 3 {
      let walk = try LifeWalk(seed: Self.first + UInt64(part * share + number))
      if let flaw = try walk.take() {
        flaws += 1
        Issue.record("\(flaw)")
      }
      requests += walk.requests
    }
    // Walks that ask for nothing would prove nothing; a few may be short.
    #expect(flaws > 0 || share < 8 || requests > 3 * share)
  }
}
