/// Looks for a regular expression in lines, with memory that is used again for each.
package struct ExpressionMatcher {
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
  /// How many steps have been taken so far; what a search is limited by.
  package private(set) var steps = 0

  /// Looks for that expression.
  package init(_ expression: RegularExpression) {
    self.expression = expression
    reached = [Int](repeating: 0, count: expression.program.count)
  }

  /// Where a match begins in a line; `nil` when there is none.
  package mutating func find(in line: borrowing Span<UInt8>) -> Int? {
    arrived.removeAll(keepingCapacity: true)
    var place = 0
    var before: Scalar?
    while true {
      let after = place < line.count ? Scalar.next(in: line, at: place) : nil
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
      steps += waiting.count + 1
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
      steps += 1
      switch expression.program[step] {
      case .scalar: waiting.append(Thread(step: step, start: thread.start))
      case .split(let one, let other):
        pending.append(other)
        pending.append(one)
      case .jump(let target): pending.append(target)
      case .assertion(let assertion): if holds(assertion, before, after) { pending.append(step + 1) }
      case .match:
        pending.removeAll(keepingCapacity: true)
        return true
      }
    }
    return false
  }

  private func holds(_ assertion: RegularExpression.Assertion, _ before: Scalar?, _ after: Scalar?) -> Bool {
    let isEdge = (before?.is(.word) ?? false) != (after?.is(.word) ?? false)
    switch assertion {
    case .lineStart: return before == nil
    case .lineEnd: return after == nil
    case .wordEdge: return isEdge
    case .noWordEdge: return !isEdge
    }
  }
}
