internal import Protocol
internal import Synchronization

/// What folders below a workspace tell those who work in them, from the moment on that a tool reads or changes a file there.
package final class FoldersBelow: Sendable {
  private struct State {
    var seen: Set<FolderPath> = []
    var found: [(folder: FolderPath, instructions: ProjectInstructions)] = []
    var room = PromptLimits.instructionsBelowMax
  }

  private let workspace: FolderPath
  private let repository: FolderPath?
  private let home: FolderPath?
  /// What is told of the workspace itself.
  private let own: ProjectInstructions
  private let sources: InstructionSources
  private let state = Mutex(State())

  /// No folder, of a workspace whose own instructions are those.
  package init(
    of workspace: FolderPath, repository: FolderPath?, home: FolderPath?, own: ProjectInstructions,
    reading sources: InstructionSources
  ) {
    self.workspace = workspace
    self.repository = repository
    self.home = home
    self.own = own
    self.sources = sources
  }

  /// What was found, folder by folder.
  package var found: [(folder: FolderPath, instructions: ProjectInstructions)] {
    state.withLock { $0.found.sorted { $0.folder.description < $1.folder.description } }
  }

  /// The folders that hold something, up to the workspace, that were not looked at yet.
  package func new(above path: String) -> [FolderPath] {
    guard let parent = FolderPath(path)?.parent, parent.isWithin(workspace) else { return [] }
    let folders = parent.upwards.filter { $0.isWithin(workspace) && $0 != workspace }
    return state.withLock { state in folders.filter { !state.seen.contains($0) } }
  }

  /// Reads what these folders say, on a thread that may block.
  ///
  /// - Returns: What a person should know.
  package func look(into folders: [FolderPath]) -> [String] {
    var notices: [String] = []
    for folder in folders {
      let (isNew, isFull, room, told) = state.withLock { state in
        let isFull = state.found.count >= PromptLimits.foldersBelowMax
        var told = own
        told.files += state.found.flatMap(\.instructions.files)
        return (state.seen.insert(folder).inserted, isFull, state.room, told)
      }
      guard isNew else { continue }
      let read = ProjectInstructions(
        below: folder, workspace: workspace, repository: repository, home: home, room: isFull ? 0 : room, besides: told,
        reading: sources)
      notices += read.notices
      guard !read.files.isEmpty else { continue }
      state.withLock { state in
        state.room -= min(state.room, read.files.map(\.text.utf8.count).reduce(0, +))
        state.found.append((folder, read))
      }
    }
    return notices
  }
}
