/// A regular expression that is looked for in one line at a time, in time that grows with the line's length times the
/// expression's, whatever it says.
///
/// There is no backtracking (Thompson 1968), so nothing a model writes can hang. What only backtracking can do,
/// back-references and look-around, is refused.
package struct RegularExpression: Sendable {
  /// What a step of the program is.
  enum Instruction: Sendable {
    case scalar(Int)
    case split(Int, Int)
    case jump(Int)
    case assertion(Assertion)
    case match
  }

  /// What can be asked of a place between two characters.
  enum Assertion: Sendable, Hashable {
    case lineStart, lineEnd, wordEdge, noWordEdge
  }

  let program: [Instruction]
  let sets: [ScalarSet]
  /// What every match holds; `nil` when there is nothing that is certain.
  package let required: RequiredLiterals?

  /// Reads an expression.
  ///
  /// - Throws: A ``ToolError`` that says what is wrong with it, and where.
  package init(_ pattern: String, ignoresCase: Bool = false) throws(ToolError) {
    guard pattern.utf8.count <= ToolLimits.patternBytesMax else {
      throw ToolError(
        .invalidInput, "The pattern has more than \(ToolLimits.patternBytesMax) bytes; use a shorter one.")
    }
    var parser = ExpressionParser(pattern, ignoresCase: ignoresCase)
    let tree: ExpressionTree
    do throws(ExpressionParser.Flaw) {
      tree = try parser.parse()
    } catch {
      throw ToolError(
        .invalidInput, "The pattern '\(pattern)' is not a regular expression that is known here: \(error.reason).")
    }
    var compiler = Compiler()
    guard compiler.compile(tree), compiler.emit(.match) else {
      throw ToolError(
        .invalidInput, "The pattern '\(pattern)' is too large when its repetitions are written out; use smaller ones.")
    }
    program = compiler.program
    sets = compiler.sets
    required = RequiredLiterals(tree)
  }
}

/// Turns a tree into a program.
private struct Compiler {
  private(set) var program: [RegularExpression.Instruction] = []
  private(set) var sets: [ScalarSet] = []
  private var numbers: [ScalarSet: Int] = [:]

  /// Adds a step; false when the program is too long.
  mutating func emit(_ instruction: RegularExpression.Instruction) -> Bool {
    program.append(instruction)
    return program.count <= ToolLimits.instructionsMax
  }

  mutating func compile(_ tree: ExpressionTree) -> Bool {
    switch tree {
    case .empty: return true
    case .set(let set): return emit(.scalar(number(of: set)))
    case .assertion(let assertion): return emit(.assertion(assertion))
    case .sequence(let parts):
      for part in parts { guard compile(part) else { return false } }
      return true
    case .choice(let parts): return compileChoice(parts)
    case .repetition(let inner, let min, let max): return compileRepetition(inner, min, max)
    }
  }

  private mutating func number(of set: ScalarSet) -> Int {
    if let number = numbers[set] { return number }
    sets.append(set)
    numbers[set] = sets.count - 1
    return sets.count - 1
  }

  private mutating func compileChoice(_ parts: [ExpressionTree]) -> Bool {
    let sets = parts.compactMap { part in if case .set(let set) = part { set } else { nil } }
    if sets.count == parts.count, let all = ScalarSet.union(sets) { return compile(.set(all)) }
    var jumps: [Int] = []
    for (number, part) in parts.enumerated() {
      guard number < parts.count - 1 else {
        guard compile(part) else { return false }
        break
      }
      let split = program.count
      guard emit(.match), compile(part) else { return false }
      jumps.append(program.count)
      guard emit(.match) else { return false }
      program[split] = .split(split + 1, program.count)
    }
    for jump in jumps { program[jump] = .jump(program.count) }
    return true
  }

  private mutating func compileRepetition(_ inner: ExpressionTree, _ min: Int, _ max: Int?) -> Bool {
    for _ in 0..<min {
      let before = program.count
      guard compile(inner) else { return false }
      // Nothing is nothing however often it comes, and a thousand thousand times of it would take a while.
      if program.count == before { return true }
    }
    guard let max else {
      let split = program.count
      guard emit(.match), compile(inner), emit(.jump(split)) else { return false }
      program[split] = .split(split + 1, program.count)
      return true
    }
    var splits: [Int] = []
    for _ in 0..<Swift.max(0, max - min) {
      splits.append(program.count)
      guard emit(.match), compile(inner) else { return false }
    }
    for split in splits { program[split] = .split(split + 1, program.count) }
    return true
  }
}
