/// The limits of what is put before a model besides the conversation, each with its reason.
package enum PromptLimits {
  /// Bytes of one file of instructions: some 9,000 tokens, several times what people who write such files advise.
  package static let instructionsFileMax = 32 * 1024
  /// Bytes of all files of instructions: every call pays for them, and a window of 200,000 tokens must hold the work too.
  package static let instructionsMax = 64 * 1024
  /// Bytes of what folders below the workspace add, all together: it comes on the way, in a conversation that has its size.
  package static let instructionsBelowMax = 32 * 1024
  /// Folders below the workspace whose instructions a conversation holds: far more than one task goes through.
  package static let foldersBelowMax = 32
  /// Files that one file of instructions imports: an end for one that is a list of mentions.
  package static let importsMax = 64
  /// How deep imports go, as Claude Code has it: an end for what goes in circles.
  package static let importDepthMax = 5
  /// Folders looked at on the way up: deeper than any real tree, and an end for one that is made to have none.
  package static let foldersMax = 64
  /// Bytes of one of git's own small files; a longer one is none of git's.
  package static let gitFileMax = 4 * 1024
  /// Bytes of a branch's name that are shown: file systems do not let git keep longer ones in one piece.
  package static let branchMax = 255
}
