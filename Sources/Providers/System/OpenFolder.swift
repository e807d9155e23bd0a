internal import CSystem

/// An open folder: all work in it goes through its descriptor, so that it cannot be exchanged for another one.
package final class OpenFolder: Sendable {
  /// Valid as long as this object is.
  package let descriptor: Descriptor

  /// Opens the folder at an absolute path; links on the way are followed.
  package init(path: [UInt8]) throws(SystemError) {
    let opened = path.withName { unsafe csystem_open_path($0) }
    guard opened >= 0 else { throw SystemError(result: opened) }
    descriptor = Descriptor(opened)
  }

  private init(descriptor: Int32) { self.descriptor = Descriptor(descriptor) }

  deinit { descriptor.close() }

  var number: Int32 { descriptor.number }

  /// A folder in it.
  package func folder(_ name: FileName) throws(SystemError) -> OpenFolder {
    OpenFolder(descriptor: try check(name) { unsafe csystem_open_folder(number, $0) })
  }

  /// Whether it lies in a file system that the kernel makes up.
  package var isKernelFolder: Bool { csystem_is_kernel_file(number) }

  /// What a name stands for.
  package func status(_ name: FileName) throws(SystemError) -> FileStatus {
    var status = csystem_status()
    _ = try check(name) { unsafe csystem_status_of_name(number, $0, &status) }
    return FileStatus(status)
  }

  /// Makes a folder.
  package func makeFolder(_ name: FileName) throws(SystemError) {
    _ = try check(name) { unsafe csystem_make_folder(number, $0) }
  }

  /// What a symbolic link in it says.
  package func link(_ name: FileName) throws(SystemError) -> [UInt8] {
    let number = number
    return try name.bytes.withName { name in
      SystemPath.text { unsafe csystem_link_in(number, name, $0, $1) }
    }.get()
  }

  /// Makes a symbolic link.
  package func makeLink(_ name: FileName, to target: [UInt8]) throws(SystemError) {
    _ = try check(name) { name in target.withName { unsafe csystem_make_link(number, name, $0) } }
  }

  /// Removes a name; a folder must be empty.
  package func remove(_ name: FileName, isFolder: Bool) throws(SystemError) {
    _ = try check(name) { unsafe csystem_remove(number, $0, isFolder) }
  }

  /// Gives something another name.
  package func rename(_ name: FileName, to folder: OpenFolder, _ newName: FileName, keepsOther: Bool)
    throws(SystemError)
  {
    _ = try check(name) { name in
      newName.bytes.withName { unsafe csystem_rename(number, name, folder.number, $0, keepsOther) }
    }
  }

  /// Calls a C function that takes a name.
  @safe private func check(_ name: FileName, _ call: (UnsafePointer<CChar>) -> Int32) throws(SystemError) -> Int32 {
    let result = name.bytes.withName { unsafe call($0) }
    guard result >= 0 else { throw SystemError(result: result) }
    return result
  }
}

// MARK: - Files

extension OpenFolder {
  /// Why a file was not read.
  package enum ReadProblem: Error {
    case system(SystemError)
    case notAFile(FileStatus.Kind)
    case madeByKernel
    case tooLarge(Int)
  }

  /// The bytes of a regular file and what it was when they were read.
  ///
  /// What is no file is not even opened, as opening a device can do something. A file that grows while it is read is
  /// read up to the limit.
  package func read(_ name: FileName, max: Int) throws(ReadProblem) -> (bytes: [UInt8], status: FileStatus) {
    let before: FileStatus
    do throws(SystemError) { before = try status(name) } catch { throw .system(error) }
    guard before.kind == .file else { throw .notAFile(before.kind) }
    guard !isKernelFolder else { throw .madeByKernel }
    return try readOpened(name, max: max)
  }

  private func readOpened(_ name: FileName, max: Int) throws(ReadProblem) -> (bytes: [UInt8], status: FileStatus) {
    let opened = name.bytes.withName { unsafe csystem_open_file(number, $0) }
    guard opened >= 0 else { throw .system(SystemError(result: opened)) }
    defer { csystem_close(opened) }
    var native = csystem_status()
    let result = unsafe csystem_status_of_file(opened, &native)
    guard result >= 0 else { throw .system(SystemError(result: result)) }
    let status = FileStatus(native)
    guard status.kind == .file else { throw .notAFile(status.kind) }
    guard !csystem_is_kernel_file(opened) else { throw .madeByKernel }
    guard status.size <= max else { throw .tooLarge(status.size) }
    var bytes = [UInt8](repeating: 0, count: status.size + 1)
    var count = 0
    while true {
      if count == bytes.count { bytes += [UInt8](repeating: 0, count: Swift.min(max + 1 - count, count)) }
      let taken = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe csystem_read(opened, buffer.baseAddress.unsafelyUnwrapped + count, buffer.count - count)
      }
      guard taken >= 0 else { throw .system(SystemError(result: taken)) }
      guard taken > 0 else { break }
      count += Int(taken)
      guard count <= max else { throw .tooLarge(count) }
    }
    bytes.removeLast(bytes.count - count)
    return (bytes, status)
  }

  /// Puts a file in the place of a name at once: readers see the old content or the new, never a part, and other names
  /// of the old file keep it.
  ///
  /// The file gets the mode and owner of `like`. `isNew` says that there must be no such name yet; `isStill` looks once
  /// more, just before, and when it says no nothing is done and the result is false.
  package func replace(
    _ name: FileName, with bytes: [UInt8], like: FileStatus?, isNew: Bool, isStill: (OpenFolder) -> Bool
  ) throws(SystemError) -> Bool {
    let (temporary, opened) = try makeTemporary(like: like)
    var result = unsafe bytes.withUnsafeBytes { buffer -> Int32 in
      guard let base = buffer.baseAddress else { return 0 }
      return unsafe csystem_fill(opened.number, base, buffer.count)
    }
    opened.close()
    let isUnchanged = isStill(self)
    if result == 0, isUnchanged {
      result = temporary.bytes.withName { from in
        name.bytes.withName { unsafe csystem_rename(number, from, number, $0, isNew) }
      }
      if result == 0 { return true }
    }
    _ = temporary.bytes.withName { unsafe csystem_remove(number, $0, false) }
    if result != 0 { throw SystemError(result: result) }
    return false
  }

  private func makeTemporary(like old: FileStatus?) throws(SystemError) -> (FileName, Descriptor) {
    for attempt in 0..<SystemLimits.temporaryNamesMax {
      let name = FileName(".wyn360-\(attempt).tmp".utf8)
      let made = name.bytes.withName { text -> Int32 in
        guard let old else { return unsafe csystem_create_file(number, text, nil) }
        var native = old.native
        return unsafe csystem_create_file(number, text, &native)
      }
      if made >= 0 { return (name, Descriptor(made)) }
      if SystemError(result: made) != .exists { throw SystemError(result: made) }
    }
    throw .exists
  }
}

// MARK: - Names

extension OpenFolder {
  /// A name found in a folder.
  package struct Entry: Sendable {
    package let name: FileName
    /// What it stands for.
    package let kind: FileStatus.Kind
  }

  private final class Names {
    var found: [(FileName, Int32)] = []
  }

  /// The names in it, sorted, at most as many as ``SystemLimits/namesMax``.
  package func entries() throws(SystemError) -> [Entry] {
    let again = FileName(".")
    let opened = again.bytes.withName { unsafe csystem_open_folder(number, $0) }
    guard opened >= 0 else { throw SystemError(result: opened) }
    let names = Names()
    let context = unsafe Unmanaged.passUnretained(names).toOpaque()
    let each: @convention(c) (UnsafeMutableRawPointer, UnsafePointer<CChar>, Int32) -> Bool = { context, name, kind in
      let names = unsafe Unmanaged<Names>.fromOpaque(context).takeUnretainedValue()
      let length = unsafe strlen(name)
      let bytes = unsafe UnsafeBufferPointer(start: name, count: length)
      names.found.append((FileName(unsafe bytes.map { UInt8(bitPattern: $0) }), kind))
      return names.found.count < SystemLimits.namesMax
    }
    let result = unsafe csystem_list(opened, each, context)
    guard result >= 0 else { throw SystemError(result: result) }
    return names.found.sorted { $0.0 < $1.0 }.compactMap { name, kind in
      guard kind == 0 else { return Entry(name: name, kind: FileStatus.Kind(csystem_kind(UInt32(kind)))) }
      guard let status = try? status(name) else { return nil }
      return Entry(name: name, kind: status.kind)
    }
  }
}
