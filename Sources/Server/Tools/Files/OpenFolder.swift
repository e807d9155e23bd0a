internal import CPlatform

/// What a name in a folder is.
struct FileStatus: Sendable, Hashable {
  /// The kinds of things that names stand for.
  enum Kind: Sendable, Hashable {
    case file, folder, link
    /// A device, a FIFO or a socket.
    case special
  }

  let kind: Kind
  let size: Int
  let mode: UInt32
  /// What the system says, to be handed back to it.
  fileprivate let native: cworkspace_status

  fileprivate init(_ native: cworkspace_status) {
    self.native = native
    kind = Kind(native.kind)
    size = Int(native.size)
    mode = native.mode
  }

  /// Whether this is the same file with the same content, as far as the system's marks go.
  static func == (one: FileStatus, other: FileStatus) -> Bool {
    one.native.inode == other.native.inode && one.native.device == other.native.device
      && one.native.size == other.native.size && one.native.modified == other.native.modified
  }

  func hash(into hasher: inout Hasher) { hasher.combine(native.inode) }
}

extension FileStatus.Kind {
  fileprivate init(_ kind: cworkspace_kind) {
    switch kind {
    case CWORKSPACE_FILE: self = .file
    case CWORKSPACE_FOLDER: self = .folder
    case CWORKSPACE_LINK: self = .link
    default: self = .special
    }
  }
}

/// An open folder: all work in it goes through its descriptor, so that it cannot be exchanged for another one.
final class OpenFolder: Sendable {
  /// Valid as long as this object is.
  let descriptor: Int32

  /// Opens the folder at an absolute path; links on the way are followed.
  init(path: [UInt8]) throws(SystemProblem) {
    descriptor = path.withName { unsafe cworkspace_open_path($0) }
    guard descriptor >= 0 else { throw SystemProblem(result: descriptor) }
  }

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { if descriptor >= 0 { cworkspace_close(descriptor) } }

  /// A folder in it.
  func folder(_ name: FileName) throws(SystemProblem) -> OpenFolder {
    OpenFolder(descriptor: try check(name) { unsafe cworkspace_open_folder(descriptor, $0) })
  }

  /// Whether it lies in a file system that the kernel makes up.
  var isKernelFolder: Bool { cworkspace_is_kernel_file(descriptor) }

  /// What a name stands for.
  func status(_ name: FileName) throws(SystemProblem) -> FileStatus {
    var status = cworkspace_status()
    _ = try check(name) { unsafe cworkspace_status_of_name(descriptor, $0, &status) }
    return FileStatus(status)
  }

  /// Makes a folder.
  func makeFolder(_ name: FileName) throws(SystemProblem) {
    _ = try check(name) { unsafe cworkspace_make_folder(descriptor, $0) }
  }

  /// What a symbolic link in it says.
  func link(_ name: FileName) throws(SystemProblem) -> [UInt8] {
    let descriptor = descriptor
    return try name.bytes.withName { name in
      SystemText.read(max: ToolLimits.pathMax) { unsafe cworkspace_link_in(descriptor, name, $0, $1) }
    }.get()
  }

  /// Makes a symbolic link.
  func makeLink(_ name: FileName, to target: [UInt8]) throws(SystemProblem) {
    _ = try check(name) { name in target.withName { unsafe cworkspace_make_link(descriptor, name, $0) } }
  }

  /// Removes a name; a folder must be empty.
  func remove(_ name: FileName, isFolder: Bool) throws(SystemProblem) {
    _ = try check(name) { unsafe cworkspace_remove(descriptor, $0, isFolder) }
  }

  /// Gives something another name.
  func rename(_ name: FileName, to folder: OpenFolder, _ newName: FileName, keepsOther: Bool) throws(SystemProblem) {
    _ = try check(name) { name in
      newName.bytes.withName { unsafe cworkspace_rename(descriptor, name, folder.descriptor, $0, keepsOther) }
    }
  }

  /// Calls a C function that takes a name.
  @safe private func check(_ name: FileName, _ call: (UnsafePointer<CChar>) -> Int32) throws(SystemProblem) -> Int32 {
    let result = name.bytes.withName { unsafe call($0) }
    guard result >= 0 else { throw SystemProblem(result: result) }
    return result
  }
}

// MARK: - Files

extension OpenFolder {
  /// Why a file was not read.
  enum ReadProblem: Error {
    case system(SystemProblem)
    case notAFile(FileStatus.Kind)
    case madeByKernel
    case tooLarge(Int)
  }

  /// The bytes of a regular file and what it was when they were read.
  ///
  /// What is no file is not even opened, as opening a device can do something. A file that grows while it is read is
  /// read up to the limit.
  func read(_ name: FileName, max: Int) throws(ReadProblem) -> (bytes: [UInt8], status: FileStatus) {
    let before: FileStatus
    do throws(SystemProblem) { before = try status(name) } catch { throw .system(error) }
    guard before.kind == .file else { throw .notAFile(before.kind) }
    guard !isKernelFolder else { throw .madeByKernel }
    return try readOpened(name, max: max)
  }

  private func readOpened(_ name: FileName, max: Int) throws(ReadProblem) -> (bytes: [UInt8], status: FileStatus) {
    let opened = name.bytes.withName { unsafe cworkspace_open_file(descriptor, $0) }
    guard opened >= 0 else { throw .system(SystemProblem(result: opened)) }
    defer { cworkspace_close(opened) }
    var native = cworkspace_status()
    let result = unsafe cworkspace_status_of_file(opened, &native)
    guard result >= 0 else { throw .system(SystemProblem(result: result)) }
    let status = FileStatus(native)
    guard status.kind == .file else { throw .notAFile(status.kind) }
    guard !cworkspace_is_kernel_file(opened) else { throw .madeByKernel }
    guard status.size <= max else { throw .tooLarge(status.size) }
    var bytes = [UInt8](repeating: 0, count: status.size + 1)
    var count = 0
    while true {
      if count == bytes.count { bytes += [UInt8](repeating: 0, count: Swift.min(max + 1 - count, count)) }
      let taken = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe cworkspace_read(opened, buffer.baseAddress.unsafelyUnwrapped + count, buffer.count - count)
      }
      guard taken >= 0 else { throw .system(SystemProblem(result: taken)) }
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
  func replace(
    _ name: FileName, with bytes: [UInt8], like: FileStatus?, isNew: Bool, isStill: (OpenFolder) -> Bool
  ) throws(SystemProblem) -> Bool {
    let (temporary, descriptor) = try makeTemporary(like: like)
    var result = unsafe bytes.withUnsafeBytes { buffer -> Int32 in
      guard let base = buffer.baseAddress else { return 0 }
      return unsafe cworkspace_fill(descriptor, base, buffer.count)
    }
    cworkspace_close(descriptor)
    let isUnchanged = isStill(self)
    if result == 0, isUnchanged {
      result = temporary.bytes.withName { from in
        name.bytes.withName { unsafe cworkspace_rename(self.descriptor, from, self.descriptor, $0, isNew) }
      }
      if result == 0 { return true }
    }
    _ = temporary.bytes.withName { unsafe cworkspace_remove(self.descriptor, $0, false) }
    if result != 0 { throw SystemProblem(result: result) }
    return false
  }

  private func makeTemporary(like old: FileStatus?) throws(SystemProblem) -> (FileName, Int32) {
    for number in 0..<ToolLimits.temporaryNamesMax {
      let name = FileName(".wyn360-\(number).tmp".utf8)
      let made = name.bytes.withName { text -> Int32 in
        guard let old else { return unsafe cworkspace_create_file(descriptor, text, nil) }
        var native = old.native
        return unsafe cworkspace_create_file(descriptor, text, &native)
      }
      if made >= 0 { return (name, made) }
      if SystemProblem(result: made) != .exists { throw SystemProblem(result: made) }
    }
    throw .exists
  }
}

// MARK: - Names

extension OpenFolder {
  /// A name found in a folder.
  struct Entry: Sendable {
    let name: FileName
    let kind: FileStatus.Kind
  }

  private final class Names {
    var found: [(FileName, Int32)] = []
  }

  /// The names in it, sorted, at most as many as ``ToolLimits/namesMax``.
  func entries() throws(SystemProblem) -> [Entry] {
    let again = FileName(".")
    let opened = again.bytes.withName { unsafe cworkspace_open_folder(descriptor, $0) }
    guard opened >= 0 else { throw SystemProblem(result: opened) }
    let names = Names()
    let context = unsafe Unmanaged.passUnretained(names).toOpaque()
    let each: @convention(c) (UnsafeMutableRawPointer, UnsafePointer<CChar>, Int32) -> Bool = { context, name, kind in
      let names = unsafe Unmanaged<Names>.fromOpaque(context).takeUnretainedValue()
      let length = unsafe strlen(name)
      let bytes = unsafe UnsafeBufferPointer(start: name, count: length)
      names.found.append((FileName(unsafe bytes.map { UInt8(bitPattern: $0) }), kind))
      return names.found.count < ToolLimits.namesMax
    }
    let result = unsafe cworkspace_list(opened, each, context)
    guard result >= 0 else { throw SystemProblem(result: result) }
    return names.found.sorted { $0.0 < $1.0 }.compactMap { name, kind in
      guard kind == 0 else { return Entry(name: name, kind: FileStatus.Kind(cworkspace_kind(UInt32(kind)))) }
      guard let status = try? status(name) else { return nil }
      return Entry(name: name, kind: status.kind)
    }
  }
}
