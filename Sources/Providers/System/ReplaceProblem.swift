internal import CSystem

/// Why new content was not put in a file's place.
package enum ReplaceProblem: Error, Hashable {
  /// The system said no; the file holds what it held.
  case system(SystemError)
  /// The file is another one, or holds something else by now; it was left so.
  case changed
  /// Writing broke off and the file holds parts of both; what it held is in the copy of that name, beside it.
  case damaged(copy: FileName?, SystemError)
}

extension OpenFolder {
  /// Makes a file at once: nobody sees a part of it.
  ///
  /// There must be no such name; with `like` it gets that one's mode and owner.
  package func make(_ name: FileName, with bytes: [UInt8], like: FileStatus?) throws(ReplaceProblem) {
    let (temporary, opened) = try temporary(isPrivate: like != nil)
    var result: Int32 = 0
    if let like {
      var native = like.native
      result = unsafe csystem_give_mode(opened.number, &native)
    }
    if result == 0 { result = fill(opened, bytes) }
    opened.close()
    if result == 0 { result = rename(temporary, name, keepsOther: true) }
    guard result == 0 else {
      discard(temporary)
      let error = SystemError(result: result)
      throw error == .exists ? .changed : .system(error)
    }
  }

  /// Puts new content in the place of a file's, which must still be what was read.
  ///
  /// Readers see the old content or the new, never a part; owner, mode, access control list and attributes stay. What is
  /// tied to the file otherwise (another hard link, a mount, what cannot be given to another file) keeps it where it is:
  /// then it is changed in place, with a copy of the old content beside it until that is done.
  package func replace(_ name: FileName, _ old: FileRead, with bytes: [UInt8]) throws(ReplaceProblem) {
    if old.status.names <= 1, try exchange(name, old, with: bytes) { return }
    try change(name, old, to: bytes)
  }

  /// Renames a new file over the old one; false when that would break a tie, and nothing was done.
  private func exchange(_ name: FileName, _ old: FileRead, with bytes: [UInt8]) throws(ReplaceProblem) -> Bool {
    // Who may not write to a file shall not get rid of it either, although the folder would let it go.
    let permitted = name.bytes.withName { unsafe csystem_check_may_write(number, $0) }
    guard permitted == 0 else { throw .system(SystemError(result: permitted)) }
    let made: (FileName, Descriptor)
    do throws(ReplaceProblem) { made = try temporary(isPrivate: true) } catch {
      if case .system(let error) = error, error.isTied { return false }
      throw error
    }
    let (temporary, opened) = made
    let given = giveTies(of: name, to: opened)
    var result = given == 0 ? fill(opened, bytes) : 0
    opened.close()
    guard given == 0, result == 0 else {
      discard(temporary)
      if result != 0 { throw .system(SystemError(result: result)) }
      return false
    }
    guard isStill(name, old) else {
      discard(temporary)
      throw .changed
    }
    result = rename(temporary, name, keepsOther: false)
    guard result != 0 else { return true }
    discard(temporary)
    let error = SystemError(result: result)
    guard error.isTied else { throw .system(error) }
    return false
  }

  /// Changes a file in place.
  private func change(_ name: FileName, _ old: FileRead, to bytes: [UInt8]) throws(ReplaceProblem) {
    let opened = name.bytes.withName { unsafe csystem_open_to_change(number, $0) }
    guard opened >= 0 else { throw .system(SystemError(result: opened)) }
    let file = Descriptor(opened)
    defer { file.close() }
    let copy = try copy(name, old)
    guard isStill(name, old) else {
      copy.map(discard)
      throw .changed
    }
    if bytes.count > old.bytes.count {
      let reserved = csystem_reserve(file.number, Int64(old.bytes.count), Int64(bytes.count - old.bytes.count))
      guard reserved == 0 else {
        _ = csystem_cut(file.number, Int64(old.bytes.count))
        copy.map(discard)
        throw .system(SystemError(result: reserved))
      }
    }
    let result = overwrite(file, bytes)
    guard result != 0 else {
      if old.status.hasSetID {
        var native = old.status.native
        _ = unsafe csystem_give_mode(file.number, &native)
      }
      copy.map(discard)
      return
    }
    guard overwrite(file, old.bytes) == 0 else { throw .damaged(copy: copy, SystemError(result: result)) }
    copy.map(discard)
    throw .system(SystemError(result: result))
  }

  /// Keeps what a file holds beside it, under a name that says so; `nil` where the folder takes no file.
  private func copy(_ name: FileName, _ old: FileRead) throws(ReplaceProblem) -> FileName? {
    for attempt in 1...SystemLimits.temporaryNamesMax {
      let ending = Array(".wyn360-kept\(attempt == 1 ? "" : "-\(attempt)")".utf8)
      let copy = FileName(name.bytes.prefix(SystemLimits.nameMax - ending.count) + ending)
      let made = copy.bytes.withName { unsafe csystem_create_file(number, $0, true) }
      guard made >= 0 else {
        let error = SystemError(result: made)
        if error == .exists { continue }
        if error.isTied { return nil }
        throw .system(error)
      }
      let file = Descriptor(made)
      _ = giveTies(of: name, to: file)
      let result = fill(file, old.bytes)
      file.close()
      guard result != 0 else { return copy }
      discard(copy)
      throw .system(SystemError(result: result))
    }
    throw .system(.exists)
  }

  /// Whether a name still stands for what was read; when it was written has no part in it.
  private func isStill(_ name: FileName, _ old: FileRead) -> Bool {
    guard let now = try? read(name, max: old.bytes.count) else { return false }
    return now.status.isSameFile(as: old.status) && now.bytes == old.bytes
  }

  private func giveTies(of name: FileName, to file: Descriptor) -> Int32 {
    let from = name.bytes.withName { unsafe csystem_open_file(number, $0) }
    guard from >= 0 else { return from }
    defer { csystem_close(from) }
    return csystem_give_ties(from, file.number)
  }

  private func fill(_ file: Descriptor, _ bytes: [UInt8]) -> Int32 {
    unsafe bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      return unsafe csystem_fill(file.number, base, buffer.count)
    }
  }

  private func overwrite(_ file: Descriptor, _ bytes: [UInt8]) -> Int32 {
    unsafe bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return csystem_cut(file.number, 0) }
      return unsafe csystem_overwrite(file.number, base, buffer.count)
    }
  }

  private func rename(_ name: FileName, _ newName: FileName, keepsOther: Bool) -> Int32 {
    name.bytes.withName { from in
      newName.bytes.withName { unsafe csystem_rename(number, from, number, $0, keepsOther) }
    }
  }

  /// Removes a file that nobody is to see.
  func discard(_ name: FileName) { _ = name.bytes.withName { unsafe csystem_remove(number, $0, false) } }

  /// A new file with a name of no meaning.
  func temporary(isPrivate: Bool) throws(ReplaceProblem) -> (FileName, Descriptor) {
    for attempt in 0..<SystemLimits.temporaryNamesMax {
      let name = FileName(".wyn360-\(attempt).tmp".utf8)
      let made = name.bytes.withName { unsafe csystem_create_file(number, $0, isPrivate) }
      if made >= 0 { return (name, Descriptor(made)) }
      if SystemError(result: made) != .exists { throw .system(SystemError(result: made)) }
    }
    throw .system(.exists)
  }
}

/// What a file held, and what it was then.
package struct FileRead: Sendable {
  /// Its content.
  package var bytes: [UInt8]
  /// What it was.
  package var status: FileStatus

  /// A file as it was read.
  package init(bytes: [UInt8], status: FileStatus) {
    self.bytes = bytes
    self.status = status
  }
}
