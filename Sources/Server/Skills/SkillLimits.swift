/// The limits of skills and commands, each with its reason.
package enum SkillLimits {
  /// Bytes of one file: some 16,000 tokens, three times what the format advises at most.
  package static let fileMax = 64 * 1024
  /// Bytes of all files: they are held while a run begins.
  package static let filesMax = 4 * 1024 * 1024
  /// Skills and commands of a session: more than anybody has put in order, and an end for a folder that is made to have none.
  package static let countMax = 500
  /// Names of one folder that are looked at.
  package static let namesMax = 1_000
  /// How deep folders of commands lie in each other: each is a part of the name.
  package static let depthMax = 5
  /// Bytes of a name, as the format has it, with room for folders.
  package static let nameMax = 128
  /// Bytes of one description, as Claude Code cuts it.
  package static let descriptionMax = 1_536
  /// Bytes of what models are told of all skills: some 2,000 tokens, a hundredth of a small window.
  package static let listingMax = 8 * 1024
  /// Bytes of a description below which its beginning says nothing.
  package static let descriptionMin = 24
  /// Things that a person is told of files: who has more of them sees that something is wrong.
  package static let noticesMax = 20
  /// Files that a command names with `@`: an end for one that is a list of mentions.
  package static let mentionsMax = 20
  /// Bytes of one such file: some 16,000 tokens.
  package static let mentionMax = 64 * 1024
  /// Bytes of all such files: what a prompt has room for beside a conversation.
  package static let mentionsBytesMax = 256 * 1024
  /// Characters of a name that are shown.
  package static let shownMax = 200
}
