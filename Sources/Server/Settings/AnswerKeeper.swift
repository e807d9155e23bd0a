internal import OperatingSystem
internal import Protocol

/// The file that keeps what a person has answered: for its owner only, put in place whole, and written by one process at a
/// time.
struct AnswerKeeper: Sendable {
  /// What became of reading it.
  enum Found {
    case absent
    case kept(KeptAnswers)
    case refused(String)
  }

  private let places: SettingsPlaces
  private let files: FileSource
  private let reader: SettingsFiles
  private let links: LinkResolver
  private let time: TimeSource
  private let isForbidden: Bool
  private let threads = ToolThreads()

  init(_ places: SettingsPlaces, files: FileSource, links: LinkResolver, time: TimeSource, isForbidden: Bool) {
    (self.places, self.files, self.links, self.time) = (places, files, links, time)
    self.isForbidden = isForbidden
    reader = SettingsFiles(files, links: links)
  }

  /// Reads it.
  func read() -> Found {
    guard let path = places.state else { return .absent }
    switch reader.read(path, bytesMax: SettingsLimits.stateBytesMax) {
    case .absent: return .absent
    case .refused(let why): return .refused(why)
    case .bytes(let bytes): return KeptAnswers(bytes).map(Found.kept) ?? .refused("it is none of this program's")
    }
  }

  /// Changes what it keeps; it is made where it is missing.
  ///
  /// - Throws: ``Failure/Reason/failed`` when that cannot be.
  func keep(_ change: @escaping @Sendable (inout KeptAnswers) -> Void) async throws(Failure) {
    guard !isForbidden else { throw Self.failure("\(SettingsPlaces.forbidding) forbids it") }
    guard let folder = places.folder else { throw Self.failure("there is no home folder") }
    for _ in 0..<SettingsLimits.lockTriesMax {
      switch try? await threads.run({ [self] _ throws(ToolError) in write(change, in: folder) }) {
      case .done?: return
      case .failed(let why)?: throw Self.failure(why)
      case .taken?: try? await time.sleep(SettingsLimits.lockWaitMs)
      case nil: throw .cancelled
      }
    }
    throw Self.failure("another process has it")
  }

  private static func failure(_ why: String) -> Failure {
    .failed("what was said holds here, and is not kept: \(why)", FailureData(kind: .toolFailed))
  }

  private enum Outcome: Sendable {
    case done, taken
    case failed(String)
  }

  private func write(_ change: (inout KeptAnswers) -> Void, in folder: String) -> Outcome {
    // The person's own folder may lie elsewhere.
    let folder = links.resolve(folder) ?? folder
    do throws(OwnFolder.Problem) {
      let lock = try OwnFile(FileName("state.lock"), in: try OwnFolder(folder).open(making: true), making: true)
      do throws(OwnFolder.Problem) { try lock.take() } catch {
        guard error == .taken else { throw error }
        return .taken
      }
      return withExtendedLifetime(lock) { replace(change, in: folder) }
    } catch {
      return .failed("\(folder): \(error.text)")
    }
  }

  private func replace(_ change: (inout KeptAnswers) -> Void, in folder: String) -> Outcome {
    var kept = KeptAnswers()
    switch read() {
    case .absent: break
    case .kept(let before): kept = before
    case .refused(let why): return .failed("\(folder)/state.json: \(why)")
    }
    change(&kept)
    do throws(FileFailure) {
      try files.replace("\(folder)/state.json", kept.bytes)
      return .done
    } catch {
      return .failed(error.message)
    }
  }
}
