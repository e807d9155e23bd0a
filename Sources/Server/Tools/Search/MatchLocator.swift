/// Finds where a match begins, in a part of a line that is known to hold one (Pike's virtual machine without captures).
struct MatchLocator {
  /// A step of the program that is reached, and where its match began.
  private struct Thread {
    let step: Int
    let start: Int
  }

  private let expression: RegularExpression
  /// Steps that the last character led to, their jumps not yet followed.
  private var arrived: [Thread] = []
  /// Steps that wait for a character.
  private var waiting: [Thread] = []
  /// The round in which each step was last reached: none is followed twice in one.
  private var reached: [Int]
  private var round = 0
  private var pending: [Int] = []

  init(_ expression: RegularExpression) {
    self.expression = expression
    reached = [Int](repeating: 0, count: expression.program.count)
  }

  /// Where the first match to end begins; `nil` when none is whole in that part of a line.
  ///
  /// `isStart` and `isEnd` say whether the part begins and ends as the line does.
  mutating func find(in part: borrowing Span<UInt8>, isStart: Bool, isEnd: Bool) -> Int? {
    arrived.removeAll(keepingCapacity: true)
    var place = 0
    // What stands before a part that is not the line's beginning is taken for a blank.
    var before: Scalar? = isStart ? nil : " "
    while true {
      let after = place < part.count ? Scalar.next(in: part, at: place) : nil
      guard after != nil || isEnd else { return nil }
      round += 1
      waiting.removeAll(keepingCapacity: true)
      // What began earlier comes first, so that of two ways to a step the earlier match has it.
      for thread in arrived {
        if follow(thread, before, after?.scalar) { return thread.start }
      }
      if follow(Thread(step: 0, start: place), before, after?.scalar) { return place }
      guard let after else { return nil }
      arrived.removeAll(keepingCapacity: true)
      for thread in waiting {
        if case .scalar(let set) = expression.program[thread.step], expression.sets[set].contains(after.scalar) {
          arrived.append(Thread(step: thread.step + 1, start: thread.start))
        }
      }
      before = after.scalar
      place += after.length
    }
  }

  /// Follows a thread to the steps that wait for a character, and tells whether it comes to the end.
  private mutating func follow(_ thread: Thread, _ before: Scalar?, _ after: Scalar?) -> Bool {
    pending.append(thread.step)
    while let step = pending.popLast() {
      guard reached[step] != round else { continue }
      reached[step] = round
      switch expression.program[step] {
      case .scalar: waiting.append(Thread(step: step, start: thread.start))
      case .split(let one, let other):
        pending.append(other)
        pending.append(one)
      case .jump(let target): pending.append(target)
      case .assertion(let assertion):
        if assertion.holds(before.map { $0.is(.word) }, after.map { $0.is(.word) }) { pending.append(step + 1) }
      case .match:
        pending.removeAll(keepingCapacity: true)
        return true
      }
    }
    return false
  }
}

extension RegularExpression.Assertion {
  /// Whether it holds between two characters, of which is known whether words consist of them; `nil` is the line's edge.
  @inline(__always)
  func holds(_ before: Bool?, _ after: Bool?) -> Bool {
    switch self {
    case .lineStart: before == nil
    case .lineEnd: after == nil
    case .wordEdge: (before ?? false) != (after ?? false)
    case .noWordEdge: (before ?? false) == (after ?? false)
    }
  }
}
