internal import Protocol

/// Makes the calls of a model's messages such that a service takes them back.
///
/// Models invent tools, and gateways that translate for other models send inputs that are no objects and ids that repeat:
/// all of it comes back as a refusal of every later request once it is in history.
enum SoundCalls {
  /// A call with a name and an input that may be sent; any other block, and a sound call, as it is.
  static func sound(_ block: JSON) -> JSON { repaired(block) ?? block }

  /// The same; `nil` when nothing is to be changed.
  private static func repaired(_ block: JSON) -> JSON? {
    guard block["type"] == "tool_use", case .object(var call) = block else { return nil }
    let name = block["name"]?.string ?? ""
    let isNamed = !name.isEmpty && name.utf8.count <= ProviderLimits.toolNameMax && name.utf8.allSatisfy(Byte.isName)
    guard !isNamed || block["input"]?.object == nil else { return nil }
    if !isNamed { call["name"] = .string(self.name(name, longest: ProviderLimits.toolNameMax)) }
    if block["input"]?.object == nil { call["input"] = [:] }
    return .object(call)
  }

  /// Messages whose calls are all sound, with ids that are sound and stand once, in calls and results alike.
  ///
  /// What an id becomes depends on the messages before it only, so that a conversation keeps its beginning as it grows.
  static func sound(_ messages: [JSON]) -> [JSON] {
    var taken: Set<String> = []
    var renamed: [String: [String]] = [:]
    return messages.map { message in
      guard case .object(var object) = message, let content = message["content"]?.array else { return message }
      var blocks = content
      if message["role"] == "assistant" {
        renamed = [:]
        var isSound = true
        for place in content.indices {
          if let other = repaired(content[place]) { (blocks[place], isSound) = (other, false) }
          if let (call, old, new) = withID(blocks[place], besides: &taken) {
            blocks[place] = call
            renamed[old, default: []].append(new)
          }
        }
        guard renamed.contains(where: { $0.value != [$0.key] }) || !isSound else { return message }
      } else {
        guard renamed.contains(where: { $0.value != [$0.key] }) else { return message }
        // Of calls with one id the results come in the order of the calls.
        for place in content.indices where content[place]["type"] == "tool_result" {
          guard case .object(var result) = content[place], let id = result["tool_use_id"]?.string,
            var next = renamed[id], !next.isEmpty
          else { continue }
          result["tool_use_id"] = .string(next.removeFirst())
          renamed[id] = next
          blocks[place] = .object(result)
        }
        renamed = [:]
      }
      object["content"] = .array(blocks)
      return .object(object)
    }
  }

  /// A call of our tools with an id that is sound and not taken yet, and both ids; `nil` for any other block, whose id is
  /// noted if it has one.
  static func withID(_ block: JSON, besides taken: inout Set<String>) -> (call: JSON, old: String, new: String)? {
    guard block["type"] == "tool_use", case .object(var call) = block else {
      if let id = Conversation.serverCall(block) { taken.insert(id) }
      return nil
    }
    let old = block["id"]?.string ?? ""
    let sound = old.isEmpty || !old.utf8.allSatisfy(Byte.isName) ? name(old, longest: ProviderLimits.callIDMax) : old
    var new = sound
    var number = 2
    while !taken.insert(new).inserted {
      new = "\(sound)_\(number)"
      number += 1
    }
    if new != block["id"]?.string { call["id"] = .string(new) }
    return (.object(call), old, new)
  }

  /// A name of the characters that ids and names have, as like to a text as can be.
  private static func name(_ text: String, longest: Int) -> String {
    let bytes = text.unicodeScalars.prefix(longest).map { scalar in
      scalar.isASCII && Byte.isName(UInt8(scalar.value)) ? UInt8(scalar.value) : UInt8(ascii: "_")
    }
    return bytes.isEmpty ? "unnamed" : String(decoding: bytes, as: UTF8.self)
  }
}
