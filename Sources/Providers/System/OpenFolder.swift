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
  @safe func check(_ name: FileName, _ call: (UnsafePointer<CChar>) -> Int32) throws(SystemError) -> Int32 {
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
  package func read(_ name: FileName, max: Int) throws(ReadProblem) -> FileRead {
    let before: FileStatus
    do throws(SystemError) { before = try status(name) } catch { throw .system(error) }
    guard before.kind == .file else { throw .notAFile(before.kind) }
    guard !isKernelFolder else { throw .madeByKernel }
    let file = try open(file: name)
    return FileRead(bytes: try file.read(max: max), status: file.status)
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
