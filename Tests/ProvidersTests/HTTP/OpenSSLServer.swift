import Foundation
import Testing

/// `openssl s_server` with a certificate for 127.0.0.1 that was made just now.
final class OpenSSLServer: Sendable {
  private static let path = "/usr/bin/openssl"
  static var isThere: Bool { FileManager.default.isExecutableFile(atPath: path) }

  let port: Int
  private let folder: URL
  private let process: Int32

  var url: String { "https://127.0.0.1:\(port)/" }
  var certificate: String { folder.appending(path: "certificate.pem").path }

  var key: String { folder.appending(path: "key.pem").path }
  /// The key under the passphrase `hunter2`.
  var lockedKey: String { folder.appending(path: "locked.pem").path }

  /// A server; it trusts its own certificate, and no other, where `options` have it ask for one.
  init(_ options: [String] = []) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "wyn360-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let key = folder.appending(path: "key.pem").path
    let certificate = folder.appending(path: "certificate.pem").path
    try Self.run([
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
      "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
    ])
    try Self.run([
      "pkey", "-in", key, "-out", folder.appending(path: "locked.pem").path, "-aes256", "-passout", "pass:hunter2",
    ])

    let output = Pipe()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.path)
    process.arguments =
      ["s_server", "-accept", "127.0.0.1:0", "-www", "-key", key, "-cert", certificate]
      + (options.isEmpty ? [] : ["-CAfile", certificate] + options)
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    self.process = process.processIdentifier
    // It says `ACCEPT 127.0.0.1:port` once it listens.
    var said = ""
    while !said.contains("ACCEPT ") || said.last != "\n" {
      let more = output.fileHandleForReading.availableData
      try #require(!more.isEmpty, "openssl s_server ended: \(said)")
      said += String(decoding: more, as: UTF8.self)
    }
    let line = try #require(said.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") })
    port = try #require(line.split(separator: ":").last.flatMap { Int($0) })
  }

  private static func run(_ arguments: [String]) throws {
    let making = Process()
    making.executableURL = URL(fileURLWithPath: path)
    making.arguments = arguments
    making.standardOutput = FileHandle.nullDevice
    making.standardError = FileHandle.nullDevice
    try making.run()
    making.waitUntilExit()
    try #require(making.terminationStatus == 0)
  }

  func stop() {
    // Not a SIGTERM: a child of a thread of Dispatch's has that blocked.
    _ = kill(process, SIGKILL)
    try? FileManager.default.removeItem(at: folder)
  }
}
