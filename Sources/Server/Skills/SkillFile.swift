internal import OperatingSystem
internal import Protocol

/// A text file of a skill's folder beside its `SKILL.md`: what a person has put there for models is read without a question,
/// but nothing outside, no secret, and nothing that a rule forbids.
package struct SkillFile: Hashable, Sendable {
  /// Why there is none to give, as what stands behind its name.
  package struct Flaw: Error, Hashable, Sendable {
    /// Such as "is not there".
    package var reason: String
  }

  /// What it says, cut where it is long.
  package let text: String

  /// The file of that path from the skill's folder on.
  package init(_ name: String, of skill: Skill, reading sources: InstructionSources) throws(Flaw) {
    let files = GuardedFiles(sources)
    guard !name.utf8.contains(0), let border = files.border(skill.place) else { throw Flaw(reason: "is not there") }
    switch files.look(at: skill.place.appending(name), within: border, isShown: true) {
    case .absent: throw Flaw(reason: "is not there")
    case .refused(let reason): throw Flaw(reason: "is not read: \(reason)")
    case .foreign: throw Flaw(reason: "is not followed: it belongs to another user")
    case .at(let target):
      guard sources.files.status(target.description)?.kind == .file else { throw Flaw(reason: "is no file") }
      switch files.contents(of: target) {
      case .nothing: text = "(the file is empty)"
      case .refused(let reason): throw Flaw(reason: "is not read: \(reason)")
      case .text(let bytes, _):
        let kept =
          bytes.count > SkillLimits.fileMax ? GuardedFiles.wholeLines(bytes, most: SkillLimits.fileMax) : bytes.count
        let end = kept < bytes.count ? "\n[cut here: \(kept) of \(bytes.count) bytes]" : ""
        text = String(decoding: bytes[..<kept], as: UTF8.self) + end
      }
    }
  }
}
