/// What the JSON layer takes from a text that anybody may have written.
package enum JSONLimits {
  /// How many arrays and objects may stand inside one another unless a caller says otherwise.
  ///
  /// Real messages stay below 20. The bound keeps what walks a value recursively (release, comparison) within the
  /// 512 KiB stack of a secondary thread.
  package static let depthMax = 512

  /// Members that nobody reads which are remembered by name: typing errors come alone.
  package static let unreadNamedMax = 3

  /// How many values one text may have, containers among them.
  ///
  /// A value of two bytes takes up to 64 in memory, so that a line of the largest size could ask for 2 GiB. Four million
  /// values are more than any message has, and bound that to a quarter of it.
  package static let valuesMax = 1 << 22

  /// Containers and values that a parser has room for at first: an ordinary message, so that its stacks need not grow.
  static let stackCapacity = 32

  /// The largest exponent told apart; beyond it lies no number that anybody means.
  static let exponentMax = 1 << 40

  /// Members that are searched one by one: up to there that beats any table.
  static let searchedMax = 16

  /// Characters of a value that are quoted where it is wrong: enough to find it again.
  static let quotedMax = 60

  /// Schemas within schemas that are followed; deeper ones, like a reference to itself, count as fulfilled.
  static let schemaDepthMax = 64
}
