/// Where the names of sessions and runs come from; a parameter, so that tests choose.
package struct NameSource: Sendable {
  /// A new name for a thing of that kind, different from all before it.
  package var next: @Sendable (_ kind: String) -> String

  /// Names as that function makes them.
  package init(next: @escaping @Sendable (_ kind: String) -> String) { self.next = next }

  /// Names that nobody can guess or meet twice: 80 random bits.
  package static let random = NameSource { kind in
    let letters = Array("0123456789abcdefghjkmnpqrstvwxyz")
    return "\(kind)-" + String((0..<16).map { _ in letters[Int.random(in: 0..<32)] })
  }
}
