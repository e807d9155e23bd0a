internal import OperatingSystem
package import Protocol
internal import Synchronization

/// The folder in which sessions are kept, a file each.
///
/// Several processes may use it: each file is written by the one that has taken it, and read by all.
package final class SessionStore: Sendable {
  private let folder: OwnFolder
  private let holder: SessionHolder
  /// What the ends of files have said, for as long as nothing was added to them.
  private let states = Mutex<[FileName: (status: FileStatus, state: StoredState)]>([:])

  /// The sessions in a folder, an absolute path; it is made where it is missing when a file is.
  package init(_ path: String, holder: SessionHolder) {
    folder = OwnFolder(path)
    self.holder = holder
  }

  /// Where it is.
  package var path: String { folder.path }

  /// Why sessions cannot be written, as it was told last: one reason is told once, for all of them.
  private let told = Mutex<String?>(nil)

  /// Whether a reason is still to be told; `nil` says that writing works.
  func isNews(_ reason: String?) -> Bool {
    told.withLock { told in
      defer { told = reason }
      return told != reason
    }
  }

  /// Looks whether sessions can be kept there, and makes the folder where it is missing.
  ///
  /// - Returns: Why not, for a person; `nil` when they can.
  package func prepare() -> String? {
    do throws(OwnFolder.Problem) {
      _ = try folder.open(making: true)
      return nil
    } catch {
      let reason = unusable(error).message
      return isNews(reason) ? reason : nil
    }
  }

  /// Whether there is a file of that name, whatever is in it.
  package func has(_ id: String) -> Bool {
    guard let folder = try? opened() else { return false }
    return (try? folder.status(StoredName.file(of: id))) != nil
  }

  private func unusable(_ problem: OwnFolder.Problem) -> Failure {
    .storage("sessions cannot be kept in '\(path)': \(problem.text)")
  }

  private func unusable(_ name: FileName, _ problem: OwnFolder.Problem) -> Failure {
    .storage("'\(path(of: name))' cannot be used: \(problem.text)")
  }

  private func path(of name: FileName) -> String { "\(path)/\(name.text)" }

  /// The folder; `nil` where there is none yet.
  private func opened() throws(Failure) -> OpenFolder? {
    do throws(OwnFolder.Problem) { return try folder.open() } catch {
      if error == .system(.notThere) { return nil }
      throw unusable(error)
    }
  }
}

// MARK: - One session

extension SessionStore {
  /// What `each` is told of a file's lines, from the first on.
  package typealias Reading = (StoredLine) throws(StoredFlaw) -> Void

  /// Takes the file of a session, so that it goes on here; one that is not there is made with `making`.
  ///
  /// What a process that was killed has left of a line is taken away.
  ///
  /// - Returns: The file and how many lines `each` was told of; `nil` when there is no file.
  /// - Throws: ``Failure/Reason/failed`` when another process has it, or when it cannot be read.
  package func open(_ id: String, making: Bool = false, each: Reading) throws(Failure) -> (
    file: SessionFile, lines: Int
  )? {
    let name = StoredName.file(of: id)
    guard let file = try taken(name, making: making) else { return nil }
    let (lines, end) = try read(file, id, name, { _ in false }) { line throws(StoredFlaw) in
      if let line { try each(line) }
    }
    do throws(SystemError) { if file.isWritable, file.status?.size != end { try file.cut(to: end) } } catch {
      throw unusable(name, .system(error))
    }
    let open = SessionFile(file, path: path(of: name), holder: holder)
    return (open, lines)
  }

  /// Reads a session's file, whoever has it.
  ///
  /// - Returns: Whether there is such a file.
  /// - Throws: ``Failure/Reason/failed`` when it cannot be read.
  package func read(_ id: String, each: Reading) throws(Failure) -> Bool {
    try read(id, passingOver: { _ in false }) { line throws(StoredFlaw) in if let line { try each(line) } }
  }

  /// The same; of a line that is passed over `each` only hears that it is there.
  func read(
    _ id: String, passingOver: ([UInt8]) -> Bool, each: (StoredLine?) throws(StoredFlaw) -> Void
  ) throws(Failure) -> Bool {
    let name = StoredName.file(of: id)
    guard let folder = try opened() else { return false }
    let file: OwnFile
    do throws(OwnFolder.Problem) { file = try OwnFile(name, in: folder, reading: true) } catch {
      if error == .system(.notThere) { return false }
      throw unusable(name, error)
    }
    _ = try read(file, id, name, passingOver, each)
    return true
  }

  /// Removes a session's file.
  ///
  /// - Returns: Whether there was one.
  /// - Throws: ``Failure/Reason/failed`` when another process has it, or when it cannot be removed.
  package func delete(_ id: String) throws(Failure) -> Bool { try delete(StoredName.file(of: id)) }

  private func delete(_ name: FileName) throws(Failure) -> Bool {
    // Whoever has it keeps it; whoever opens it now finds that it has lost its name.
    guard let file = try taken(name, making: false), let folder = try opened() else { return false }
    do throws(SystemError) { try folder.remove(name, isFolder: false) } catch { throw unusable(name, .system(error)) }
    states.withLock { $0[name] = nil }
    return withExtendedLifetime(file) { true }
  }

  private func taken(_ name: FileName, making: Bool) throws(Failure) -> OwnFile? {
    let folder: OpenFolder?
    if making {
      do throws(OwnFolder.Problem) { folder = try self.folder.open(making: true) } catch { throw unusable(error) }
    } else {
      folder = try opened()
    }
    guard let folder else { return nil }
    for _ in 0..<StoreLimits.opensMax {
      let file: OwnFile
      do throws(OwnFolder.Problem) { file = try OwnFile(name, in: folder, making: making) } catch {
        if error == .system(.notThere), !making { return nil }
        throw unusable(name, error)
      }
      do throws(OwnFolder.Problem) { try file.take() } catch {
        throw error == .taken ? held(try? StoredTail.state(of: file).by, name) : unusable(name, error)
      }
      // Its name may be another's, or nobody's, by now.
      if let status = file.status, let named = try? folder.status(name), named.isSameFile(as: status) { return file }
    }
    throw .storage("'\(path(of: name))' is made and removed all the time")
  }

  private func held(_ holder: SessionHolder?, _ name: FileName) -> Failure {
    let who = holder.map { "process \($0.pid)\($0.host.isEmpty ? "" : " on \($0.host)")" } ?? "another process"
    var failure = Failure.storage("'\(path(of: name))' is open in \(who), which goes on with that session")
    failure.details = FailureData(
      kind: .sessionBusy, retryable: true,
      hint: "end that process, or close the session there; it can be read meanwhile")
    return failure
  }

  /// - Returns: How many lines there are, and where the last one ends.
  private func read(
    _ file: OwnFile, _ id: String, _ name: FileName, _ passingOver: ([UInt8]) -> Bool,
    _ each: (StoredLine?) throws(StoredFlaw) -> Void
  ) throws(Failure) -> (lines: Int, end: Int) {
    var lines = StoredLines(file)
    var number = 0
    do throws(StoredFlaw) {
      while let bytes = try lines.next() {
        number += 1
        guard number == 1 || !passingOver(bytes) else {
          try each(nil)
          continue
        }
        let line = try StoredLine(bytes, isFirst: number == 1)
        if case .header(let header) = line.content, header.sessionId != id {
          throw StoredFlaw(
            "it is a session of another name, '\(VisibleText.line(header.sessionId, most: StoreLimits.quotedMax))'")
        }
        try each(line)
      }
    } catch {
      throw .storage("'\(path(of: name))', line \(max(1, number)): \(error.reason)")
    }
    return (number, lines.offset)
  }
}

// MARK: - All of them

extension SessionStore {
  /// A file that is there.
  package struct Entry: Sendable {
    let name: FileName
    let status: FileStatus
    /// When something was last added, in milliseconds since 1970; the clock may be a little behind.
    package var modifiedMs: Int { status.modifiedMs + StoreLimits.clockSlackMs }
    /// Its bytes.
    package var size: Int { status.size }
  }

  /// The files of sessions, those that were added to last first.
  package func entries() throws(Failure) -> [Entry] {
    guard let folder = try opened() else { return [] }
    let names: [OpenFolder.Entry]
    do throws(SystemError) { names = try folder.entries() } catch { throw unusable(.system(error)) }
    let found = names.filter { $0.kind == .file && StoredName.isOne($0.name) }.compactMap { entry in
      (try? folder.status(entry.name)).map { Entry(name: entry.name, status: $0) }
    }
    return found.sorted { $0.status.modifiedMs > $1.status.modifiedMs }
  }

  /// How a session stands by the end of its file; `nil` for one that has only begun, or is gone by now.
  ///
  /// - Throws: ``Failure/Reason/failed`` with what is wrong with the file.
  package func info(of entry: Entry) throws(Failure) -> SessionInfo? {
    guard let folder = try opened() else { return nil }
    let file: OwnFile
    do throws(OwnFolder.Problem) { file = try OwnFile(entry.name, in: folder, reading: true) } catch {
      if error == .system(.notThere) { return nil }
      throw unusable(entry.name, error)
    }
    guard var info = try state(of: file, entry)?.session else { return nil }
    info.stored = true
    if file.isTaken { info.holder = try? StoredTail.state(of: file).by }
    return info
  }

  /// The same of the session of that name; `nil` when there is none.
  package func info(_ id: String) throws(Failure) -> SessionInfo? {
    let name = StoredName.file(of: id)
    guard let folder = try opened(), let status = try? folder.status(name) else { return nil }
    let info = try info(of: Entry(name: name, status: status))
    return info?.sessionId == id ? info : nil
  }

  private func state(of file: OwnFile, _ entry: Entry) throws(Failure) -> StoredState? {
    let status = file.status ?? entry.status
    if let kept = states.withLock({ $0[entry.name] }), kept.status == status { return kept.state }
    do throws(StoredFlaw) {
      guard try StoredTail.checkHead(of: file) else { return nil }
      let state = try StoredTail.state(of: file)
      states.withLock { states in
        if states.count >= StoreLimits.statesKeptMax { states = [:] }
        states[entry.name] = (status, state)
      }
      return state
    } catch {
      throw .storage("'\(path(of: entry.name))': \(error.reason)")
    }
  }

  /// Removes a session's file as the rules of keeping want it; one that is open stays, and so does what is none.
  ///
  /// - Returns: Whether it is gone.
  func remove(_ entry: Entry) -> Bool {
    guard let folder = try? opened(), let file = try? OwnFile(entry.name, in: folder, reading: true), !file.isTaken,
      (try? StoredTail.checkHead(of: file)) == true
    else { return false }
    return (try? delete(entry.name)) ?? false
  }
}
