/// Which lines of two texts differ: the shortest way from one to the other (Myers, "An O(ND) Difference Algorithm", 1986).
struct LineDifference {
  /// A stretch of old lines that new ones stand for; either may be empty.
  struct Change: Hashable {
    var old: Range<Int>
    var new: Range<Int>
  }

  /// The changes from one list of lines to another, in order, none touching the next.
  ///
  /// Beyond ``ToolLimits/diffDistanceMax`` all between the first and the last difference counts as one change.
  static func changes(from old: [Int], to new: [Int]) -> [Change] {
    var start = 0
    while start < old.count, start < new.count, old[start] == new[start] { start += 1 }
    var (oldEnd, newEnd) = (old.count, new.count)
    while oldEnd > start, newEnd > start, old[oldEnd - 1] == new[newEnd - 1] {
      oldEnd -= 1
      newEnd -= 1
    }
    guard start < oldEnd || start < newEnd else { return [] }
    let (oldPart, newPart) = (Array(old[start..<oldEnd]), Array(new[start..<newEnd]))
    guard let kept = commonLines(oldPart, newPart) else {
      return [Change(old: start..<oldEnd, new: start..<newEnd)]
    }
    var changes: [Change] = []
    var (oldPlace, newPlace) = (0, 0)
    for (oldLine, newLine) in kept + [(oldPart.count, newPart.count)] {
      if oldPlace < oldLine || newPlace < newLine {
        changes.append(
          Change(old: start + oldPlace..<start + oldLine, new: start + newPlace..<start + newLine))
      }
      (oldPlace, newPlace) = (oldLine + 1, newLine + 1)
    }
    return changes
  }

  /// The lines that stay, as pairs of numbers; `nil` when the texts are further apart than is looked for.
  private static func commonLines(_ old: [Int], _ new: [Int]) -> [(Int, Int)]? {
    let most = min(old.count + new.count, ToolLimits.diffDistanceMax)
    // For each diagonal, how far along the old lines a way with `distance` steps comes; each round is kept for the way
    // back. Round d has the diagonals from -d to d.
    var rounds: [[Int]] = []
    var furthest = [Int](repeating: 0, count: 2 * most + 3)
    let middle = most + 1
    for distance in 0...most {
      for diagonal in stride(from: -distance, through: distance, by: 2) {
        let isDown =
          diagonal == -distance
          || diagonal != distance && furthest[middle + diagonal - 1] < furthest[middle + diagonal + 1]
        var line = isDown ? furthest[middle + diagonal + 1] : furthest[middle + diagonal - 1] + 1
        while line < old.count, line - diagonal < new.count, old[line] == new[line - diagonal] { line += 1 }
        furthest[middle + diagonal] = line
        if line >= old.count, line - diagonal >= new.count { return wayBack(rounds, old.count, new.count) }
      }
      rounds.append(Array(furthest[(middle - distance)...(middle + distance)]))
    }
    return nil
  }

  private static func wayBack(_ rounds: [[Int]], _ oldCount: Int, _ newCount: Int) -> [(Int, Int)] {
    var kept: [(Int, Int)] = []
    var (line, newLine) = (oldCount, newCount)
    for distance in stride(from: rounds.count, to: 0, by: -1) {
      let before = rounds[distance - 1]
      let diagonal = line - newLine
      // The round before has its middle at its own distance.
      func reach(_ diagonal: Int) -> Int {
        let place = diagonal + distance - 1
        return before.indices.contains(place) ? before[place] : -1
      }
      let isDown = diagonal == -distance || diagonal != distance && reach(diagonal - 1) < reach(diagonal + 1)
      let from = isDown ? diagonal + 1 : diagonal - 1
      let fromLine = reach(from)
      let begin = isDown ? fromLine : fromLine + 1
      while line > begin {
        line -= 1
        newLine -= 1
        kept.append((line, newLine))
      }
      (line, newLine) = (fromLine, fromLine - from)
    }
    while line > 0, newLine > 0 {
      line -= 1
      newLine -= 1
      kept.append((line, newLine))
    }
    return kept.reversed()
  }
}
