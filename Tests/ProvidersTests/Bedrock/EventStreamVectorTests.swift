import Foundation
import Protocol
import Providers
import TestSupport
import Testing

/// The AWS SDKs' vectors, and whole streams that botocore has judged.
@Suite(.ownThread, .enabled(if: SharedData.url("eventstream/official.json") != nil, "the shared vectors are not here"))
struct EventStreamVectorTests {
  struct Vector: CustomTestStringConvertible, Sendable {
    var name: String
    var bytes: [UInt8]
    var json: JSON
    var testDescription: String { name }

    init(_ json: JSON) {
      name = json["name"]?.string ?? json["exception"]?.string ?? ""
      bytes = Base64.decode(Array((json["raw_b64"]?.string ?? "").utf8).span) ?? []
      self.json = json
    }
  }

  static func file(_ name: String) -> JSON? {
    SharedData.url(name).flatMap { try? Data(contentsOf: $0) }.flatMap { try? JSON.parse([UInt8]($0)) }
  }

  static let official = (file("eventstream/official.json")?.array ?? []).map(Vector.init)
  static let bedrock = file("eventstream/bedrock-streams.json")
  static let streams = (bedrock?["streams"]?.array ?? []).map(Vector.init)
  static let exceptions = (bedrock?["exceptions"]?.array ?? []).map(Vector.init)
  static let valid = official.filter { $0.json["valid"]?.bool == true }

  @Test func `all vectors are there`() {
    #expect(Self.official.count == 12)
    #expect(Self.valid.count == 4)
    #expect(Self.streams.count == 10)
    #expect(Self.exceptions.count == 3)
  }

  @Test(arguments: valid) func `a valid frame is read as botocore reads it`(vector: Vector) throws {
    let read = Frame.read(vector.bytes)
    #expect(read.error == nil)
    #expect(read.frames.count == 1)
    let frame = try #require(read.frames.first)
    let expected = try #require(vector.json["botocore"]?["messages"]?.array?.first)
    #expect(EventStreamFrames.base64(frame.payload) == expected["payload_b64"]?.string)
    let headers = try #require(expected["headers"]?.object)
    #expect(frame.headers.map { try? Self.value($0) } == headers.map { Self.value($0.key, $0.value) })
  }

  /// A header that was read, in the words of ``value(_:_:)``.
  private static func value(_ header: String) throws -> String {
    let words = header.split(separator: " ")
    let typePlace = try #require(words.firstIndex { Int($0) != nil })
    let name = words[..<typePlace].joined(separator: " ")
    let bytes = words[(typePlace + 1)...].compactMap { UInt8($0.filter(\.isNumber)) }
    switch Int(words[typePlace]) {
    case 0: return "\(name)=true"
    case 1: return "\(name)=false"
    case 7: return "\(name)=\(String(decoding: bytes, as: UTF8.self))"
    case 6, 9: return "\(name)=\(EventStreamFrames.base64(bytes))"
    default:
      let bits = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let shift = UInt64(64 - 8 * bytes.count)
      return "\(name)=\(Int64(bitPattern: bits << shift) >> Int64(shift))"
    }
  }

  private static func value(_ name: String, _ value: JSON) -> String {
    "\(name)=\(value.string ?? value["b64"]?.string ?? value.text)"
  }

  @Test(arguments: official.filter { $0.json["valid"]?.bool == false })
  func `an invalid frame is refused`(vector: Vector) {
    let read = Frame.read(vector.bytes)
    #expect(read.frames.isEmpty)
    #expect(read.error != nil)
    if let expected = vector.json["expected"]?.string {
      let part = expected.hasPrefix("Prelude") ? "do not match" : "does not match"
      #expect(read.error?.message.contains(part) == true)
    }
  }

  @Test(arguments: streams + exceptions + valid)
  func `a stream has as many frames however it is cut`(vector: Vector) {
    let whole = Frame.read(vector.bytes)
    #expect(whole.error == nil)
    #expect(whole.frames.count == vector.json["messages"]?.int ?? 1)
    for piece in [1, 2, 3, 5, 11, 12, 13, 16, 64, 257] {
      let cut = Frame.read(vector.bytes, cuts: Array(stride(from: piece, to: vector.bytes.count, by: piece)))
      #expect(cut.error == nil)
      #expect(cut.frames == whole.frames)
    }
  }

  @Test(arguments: streams + exceptions + valid)
  func `a stream has the same frames in any two pieces`(vector: Vector) {
    // Frames before the last whole one have left no trace in the parser, so each frame is cut with its neighbour.
    let frames = Self.frames(of: vector.bytes)
    for pair in zip(frames, frames.dropFirst() + frames.prefix(1)) {
      let bytes = pair.0 + pair.1
      let whole = Frame.read(bytes).frames
      for cut in 0...pair.0.count { #expect(Frame.read(bytes, cuts: [cut]).frames == whole) }
    }
  }

  @Test(arguments: streams + exceptions + valid)
  func `every bit of every frame counts`(vector: Vector) {
    for frame in Self.frames(of: vector.bytes) {
      for place in frame.indices {
        for bit in 0..<8 {
          var bytes = frame
          bytes[place] ^= 1 << UInt8(bit)
          let read = Frame.read(bytes)
          if !read.frames.isEmpty || read.error == nil {
            Issue.record("bit \(bit) of byte \(place) may change")
          }
        }
      }
    }
  }

  /// The frames of a stream, by the lengths that they begin with.
  static func frames(of bytes: [UInt8]) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
      let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      frames.append(Array(bytes[start..<start + length]))
      start += length
    }
    return frames
  }
}
