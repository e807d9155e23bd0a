import Foundation
import OperatingSystem
import TestSupport
import Testing

@Suite(.hangGuard) struct `The system's files:` {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [0, 1, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 100_000])
  func `a file is read whole`(count: Int) throws {
    let path = try folder.write("file", String(repeating: "x", count: count))
    #expect(try FileSource.system.read(path)?.count == count)
  }

  @Test func `what is not there is none`() throws {
    let file = try folder.write("file", "text")
    #expect(try FileSource.system.read(folder.path + "/other") == nil)
    #expect(try FileSource.system.read(folder.path + "/no folder/other") == nil)
    #expect(try FileSource.system.read(file + "/below a file") == nil)
    #expect(try FileSource.system.read("/dev/null") == [])
  }

  @Test func `what is too large is refused, not cut`() throws {
    let text = String(repeating: "x", count: SystemLimits.fileMax)
    #expect(try FileSource.system.read(folder.write("fits", text))?.count == SystemLimits.fileMax)
    let error = #expect(throws: FileFailure.self) { try FileSource.system.read(folder.write("large", text + "x")) }
    #expect(error?.message.contains("larger than") == true)
  }

  @Test func `a folder, an empty path and a zero byte are refused with a reason`() {
    let error = #expect(throws: FileFailure.self) { try FileSource.system.read(folder.path) }
    #expect(error?.message.contains(folder.path) == true)
    #expect(throws: FileFailure.self) { try FileSource.system.read("") }
    #expect(throws: FileFailure.self) { try FileSource.system.read(folder.path + "\0more") }
    #expect(throws: FileFailure.self) { try FileSource.system.replace(folder.path + "\0more", [1]) }
  }

  @Test func `a pipe that nobody writes to does not block`() throws {
    let path = folder.path + "/pipe"
    try #require(unsafe mkfifo(path, 0o600) == 0)
    #expect(try FileSource.system.read(path) == [])
  }

  @Test(arguments: [nil, 0o644, 0o600, 0o400])
  func `a file is replaced at once and is its owner's alone`(mode: Int?) throws {
    if let mode { try folder.write("token", "old", mode: mode) }
    let path = folder.path + "/token"
    let before = FileManager.default.contents(atPath: path) == nil ? nil : FileHandle(forReadingAtPath: path)
    try FileSource.system.replace(path, Array("new".utf8))
    #expect(folder.text("token") == "new")
    #expect(try folder.mode("token") == 0o600)
    // Whoever had opened the old file still reads all of it.
    if mode != nil { #expect(try before?.readToEnd() == Data("old".utf8)) }
    #expect(folder.names == ["token"])
    try FileSource.system.replace(path, [])
    #expect(folder.text("token") == "")
  }

  @Test func `a replacement that fails leaves nothing behind`() throws {
    try folder.write("taken/file", "text")
    let error = #expect(throws: FileFailure.self) { try FileSource.system.replace(folder.path + "/taken", [1]) }
    #expect(error?.message.contains("/taken") == true)
    #expect(throws: FileFailure.self) { try FileSource.system.replace(folder.path + "/no folder/file", [1]) }
    #expect(folder.names == ["taken"])
    #expect(folder.text("taken/file") == "text")
  }
}
