import Protocol
import Testing

@Suite struct `An input that a model wrote` {
  @Test(arguments: [
    (#"{"type":"integer"}"#, #""5""#, "5"), (#"{"type":"integer"}"#, #"" 5 ""#, "5"),
    (#"{"type":"integer"}"#, #""5.0""#, "5.0"),
    (#"{"type":"number"}"#, #""-2.5e3""#, "-2.5e3"), (#"{"type":"boolean"}"#, #""true""#, "true"),
    (#"{"type":"boolean"}"#, #""False""#, "false"), (#"{"type":["integer","null"]}"#, #""null""#, "null"),
    (#"{"type":"array","items":{"type":"integer"}}"#, #"["1",2,"x"]"#, #"[1,2,"x"]"#),
    (#"{"type":"array","items":{"type":"integer"}}"#, #""[1,\"2\"]""#, "[1,2]"),
    (#"{"type":"object","properties":{"a":{"type":"boolean"}}}"#, #""{\"a\":\"true\"}""#, #"{"a":true}"#),
    (
      #"{"properties":{"a":{"type":"integer"}},"additionalProperties":{"type":"boolean"}}"#,
      #"{"a":"1","b":"true","c":"x"}"#, #"{"a":1,"b":true,"c":"x"}"#
    ),
    (#"{"anyOf":[{"type":"boolean"},{"type":"integer","minimum":3}]}"#, #""5""#, "5"),
    (##"{"$defs":{"n":{"type":"number"}},"prefixItems":[{"$ref":"#/$defs/n"}]}"##, #"["1","2"]"#, #"[1,"2"]"#),
    (#"{"allOf":[{"properties":{"a":{"type":"integer"}}}]}"#, #"{"a":"7"}"#, #"{"a":7}"#),
  ]) func `has strings read as what alone can be meant`(schema: String, value: String, fitted: String) throws {
    #expect(JSONSchemaFit.fitted(try JSON.parse(value), to: try JSON.parse(schema)).text == fitted)
  }

  @Test(arguments: [
    (#"{"type":"string"}"#, #""5""#), (#"{"type":["string","integer"]}"#, #""5""#), ("{}", #""5""#),
    ("true", #""true""#),
    (#"{"type":"integer"}"#, #""5.5""#), (#"{"type":"integer"}"#, #""five""#), (#"{"type":"integer"}"#, #""""#),
    (#"{"type":"integer"}"#, #""05""#), (#"{"type":"boolean"}"#, #""yes""#), (#"{"type":"boolean"}"#, "1"),
    (#"{"anyOf":[{"type":"string"},{"type":"integer"}]}"#, #""5""#), (#"{"enum":["5",5]}"#, #""5""#),
    (#"{"type":"number"}"#, #""NaN""#), (#"{"properties":{"a":{"type":"integer"}}}"#, #"{"b":"1"}"#),
  ]) func `stays as it is where it may be meant so, or says nothing else`(schema: String, value: String) throws {
    #expect(JSONSchemaFit.fitted(try JSON.parse(value), to: try JSON.parse(schema)).text == value)
  }

  @Test(arguments: [
    ##"{"allOf":[{"$ref":"#"},{"$ref":"#"}]}"##, ##"{"anyOf":[{"$ref":"#"},{"$ref":"#"},{"type":"integer"}]}"##,
    ##"{"properties":{"a":{"oneOf":[{"$ref":"#"},{"$ref":"#/properties/a"},{"not":{"$ref":"#"}}]}}}"##,
  ]) func `has an end though its schema leads in circles`(schema: String) throws {
    let schema = try JSON.parse(schema)
    let value = try JSON.parse(String(repeating: #"{"a":"#, count: 40) + #""5""# + String(repeating: "}", count: 40))
    _ = JSONSchemaFit.fitted(value, to: schema)
    _ = JSONSchemaValidator.violations(of: value, against: schema)
  }
}
