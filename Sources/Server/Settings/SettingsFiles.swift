internal import OperatingSystem
internal import Protocol

/// Files of settings as they are found on a disk: bounded, and not followed where somebody else may have put them.
struct SettingsFiles: Sendable {
  /// What is at a path.
  enum Found: Hashable, Sendable {
    case absent
    case bytes([UInt8])
    /// Something that is not used; why, behind its path.
    case refused(String)
  }

  private let files: FileSource
  private let links: LinkResolver

  init(_ files: FileSource, links: LinkResolver) {
    self.files = files.remembering()
    self.links = links
  }

  /// What is at a path; with `border` it must lie within that folder once links are followed.
  func read(
    _ path: String, within border: FolderPath? = nil, bytesMax: Int = SettingsLimits.fileBytesMax
  ) -> Found {
    guard let target = links.resolve(path) else { return .absent }
    if let border {
      let isInside = FolderPath(target).flatMap { target in
        links.resolve(border.description).flatMap { FolderPath($0) }.map { target.isWithin($0) }
      }
      guard isInside == true else { return .refused("it leads out of \(border)") }
    }
    if let status = files.status(target) {
      guard status.kind == .file else { return .refused("it is no plain file") }
      guard status.size <= bytesMax else { return .refused("it has more than \(bytesMax) bytes") }
    }
    let parent = FolderPath(target)?.parent?.description ?? target
    guard !files.isForeign(target), !files.isForeign(parent) else { return .refused("it belongs to another user") }
    do throws(FileFailure) {
      guard let bytes = try files.read(target) else { return .absent }
      return bytes.count <= bytesMax ? .bytes(bytes) : .refused("it has more than \(bytesMax) bytes")
    } catch {
      return .refused("it cannot be read")
    }
  }

  /// The nearest of the folders, from a workspace's up to its repository's top, in which something is at that name.
  func nearest(_ name: String, of workspace: FolderPath, upTo border: FolderPath) -> FolderPath? {
    workspace.upwards.filter { $0.isWithin(border) }.first { links.resolve($0.appending(name).description) != nil }
  }

  /// The top of the repository that a folder is in; the folder itself where it is in none.
  func top(of workspace: FolderPath) -> FolderPath {
    workspace.border(of: GitState.read(at: workspace, files: files)?.root)
  }
}
