import Foundation
import Providers
import TestSupport
import Testing

@Suite struct `A text's encoding` {
  private static let samples: [(TextEncoding, String)] = [
    (.utf8, "caf\u{e9} 漢字 🙂\n"), (.utf8WithMark, "caf\u{e9}\r\n"), (.utf16LittleEndian, "漢字\n"),
    (.utf16BigEndian, "漢字 🙂\n"), (.utf16LittleEndianUnmarked, "plain\n"), (.utf16BigEndianUnmarked, "Größe = 3\r\n"),
    (.utf32LittleEndian, "x🙂\n"), (.utf32BigEndian, "x\n"), (.windows1252, "caf\u{e9} \u{20AC} \u{201C}x\u{201D}\n"),
    (.windows1252, "OPÇÃO DE NAÇÕES E AÇÕES, ATENÇÃO ÀS EXCEÇÕES\n"),
    (.windows1252, "größer, Öl, Füße, naïve, œuvre\n"),
    (.windows1251, "// Это комментарий, который поясняет работу\nx = 1\n"),
    (.koi8R, "// Это комментарий, который поясняет работу\nx = 1\n"),
    (.ibm866, "rem Это комментарий, который поясняет работу\n"),
    (.windows1253, "Αυτό είναι ένα σχόλιο που εξηγεί τη λειτουργία\n"),
    (.shiftJIS, "// これはコメントです。設定を読み込む\nint x;\n"), (.eucJP, "# これはコメントです。設定を読み込む\n"),
    (.iso2022JP, "Subject: これはテスト\n"), (.gb18030, "// 这是一个中文注释，说明这个函数的作用\nint x;\n"),
    (.big5, "// 這是一個中文註解，說明這個函式的作用\nint x;\n"), (.eucKR, "// 이것은 한국어 주석입니다. 함수의 설명을 적는다\n"),
  ]

  @Test(arguments: samples) func `is found by its bytes, which come back as they were`(
    encoding: TextEncoding, text: String
  ) throws {
    let bytes = try #require(encoding.encode(Array(text.utf8)))
    let found = try #require(TextEncoding.decode(bytes))
    #expect(found.encoding == encoding && String(decoding: found.text, as: UTF8.self) == text)
    #expect(found.encoding.encode(found.text) == bytes)
  }

  @Test func `is what the text says of itself`() throws {
    for (encoding, text) in [
      (.iso8859Part2, "<?xml version=\"1.0\" encoding='ISO-8859-2'?><a>ż</a>"),
      (.windows1251, "<meta charset=\"windows-1251\">да"), (.gb18030, "# -*- coding: gbk -*-\n# 注释说明"),
      (.koi8R, "# vim: set fileencoding=koi8-r :\n# да"), (.shiftJIS, "<meta content='text/html; charset=Shift_JIS'>表"),
    ] as [(TextEncoding, String)] {
      let bytes = try #require(encoding.encode(Array(text.utf8)))
      let found = try #require(TextEncoding.decode(bytes))
      #expect(found.encoding == encoding && String(decoding: found.text, as: UTF8.self) == text)
    }
    // What it says must be so.
    let lie = Array("<meta charset=gbk> caf".utf8) + [0xE9]
    #expect(TextEncoding.decode(lie)?.encoding == .windows1252)
  }

  @Test func `is UTF-8 still when some of it is damaged`() throws {
    let bytes = Array("é 漢\n".utf8) + [0xFF] + Array(" ü\n".utf8)
    let found = try #require(TextEncoding.decode(bytes))
    #expect(found.encoding == .utf8Broken && found.text == bytes && found.encoding.encode(found.text) == bytes)
  }

  @Test(
    arguments: [
      [0x7F, 0x45, 0x4C, 0x46, 0], [0xFF, 0xFE, 0x41], [0xFF, 0xFE, 0x00, 0xD8], [0x41, 0x00], [0x80, 0x01, 0x02],
      [0xEF, 0xBB, 0xBF, 0xC3], [1, 0, 2, 0, 3, 0, 4, 0, 5, 0], [0x41, 0, 0, 0, 0x42, 0, 0, 0, 0x43, 0, 0, 0],
      [0xFF, 0xFE, 0x41, 0, 0, 0],
    ] as [[UInt8]]) func `is none for what is no text`(bytes: [UInt8])
  {
    #expect(TextEncoding.decode(bytes) == nil)
  }

  @Test func `whatever bytes it is told of, gives them back`() throws {
    var random = RandomNumbers(seed: 7)
    var texts = 0
    for _ in 0..<3_000 {
      let alphabet: [UInt8] =
        random.next() % 2 == 0 ? Array(0x20...0xFF) : Array(0x20...0x7E) + [0xC3, 0xA9, 0xB4, 0xD2]
      let bytes = (0..<Int(random.next() % 60)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
      guard let (text, encoding) = TextEncoding.decode(bytes) else { continue }
      texts += 1
      #expect(encoding.encode(text) == bytes)
    }
    #expect(texts > 2_000)
  }
}
