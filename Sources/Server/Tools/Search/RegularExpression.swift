/// A regular expression that is looked for in one line at a time, in time that grows with the line's length times the
/// expression's, whatever it says.
///
/// There is no backtracking (Thompson 1968, Pike's virtual machine without captures), so nothing a model writes can hang.
/// What only backtracking can do, back-references and look-around, is refused.
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
  enum Assertion: Sendable {
    case lineStart, lineEnd, wordEdge, noWordEdge
  }

  let program: [Instruction]
  let sets: [ScalarSet]
  /// Bytes that every match holds; empty when there are none that are certain.
  package let required: [UInt8]

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
    required = tree.requiredLiteral
  }
}

/// What an expression is made of.
indirect enum ExpressionTree {
  case empty
  case set(ScalarSet)
  case assertion(RegularExpression.Assertion)
  case sequence([ExpressionTree])
  case choice([ExpressionTree])
  case repetition(ExpressionTree, min: Int, max: Int?)

  /// The longest run of plain characters that no match is without.
  var requiredLiteral: [UInt8] {
    var (best, run): ([UInt8], [UInt8]) = ([], [])
    for part in flattened {
      if case .set(let set) = part, let scalar = set.only.flatMap({ Unicode.Scalar($0.value) }) {
        run += Array(String(Character(scalar)).utf8)
        if run.count > best.count { best = run }
      } else if case .repetition(let inner, let min, _) = part, min > 0 {
        let literal = inner.requiredLiteral
        if literal.count > best.count { best = literal }
        run = []
      } else if case .empty = part {
      } else {
        run = []
      }
    }
    return best
  }

  /// The parts one after another, groups opened.
  private var flattened: [ExpressionTree] {
    switch self {
    case .sequence(let parts): parts.flatMap(\.flattened)
    default: [self]
    }
  }
}

/// Turns a tree into a program.
private struct Compiler {
  var program: [RegularExpression.Instruction] = []
  var sets: [ScalarSet] = []

  /// Adds a step; false when the program is too long.
  mutating func emit(_ instruction: RegularExpression.Instruction) -> Bool {
    program.append(instruction)
    return program.count <= ToolLimits.instructionsMax
  }

  mutating func compile(_ tree: ExpressionTree) -> Bool {
    switch tree {
    case .empty: return true
    case .set(let set):
      sets.append(set)
      return emit(.scalar(sets.count - 1))
    case .assertion(let assertion): return emit(.assertion(assertion))
    case .sequence(let parts):
      for part in parts { guard compile(part) else { return false } }
      return true
    case .choice(let parts): return compileChoice(parts)
    case .repetition(let inner, let min, let max): return compileRepetition(inner, min, max)
    }
  }

  private mutating func compileChoice(_ parts: [ExpressionTree]) -> Bool {
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
    for _ in 0..<min { guard compile(inner) else { return false } }
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
