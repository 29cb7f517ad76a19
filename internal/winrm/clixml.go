package winrm

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
)

// diagnosis makes text of what PowerShell wrote to standard error. That is either
// plain text or CLIXML with one element per record; of the records only errors and
// warnings explain why a process died.
func diagnosis(stderr []byte) string {
	text := string(stderr)
	before, document, found := strings.Cut(text, "#< CLIXML")
	if !found {
		return fault.Line(text)
	}
	return fault.Line(before + " " + clixmlText(document))
}

func clixmlText(document string) string {
	decoder := xml.NewDecoder(strings.NewReader(document))
	var text strings.Builder
	for {
		// Of a document that was cut off, the part before the cut is still used.
		token, err := decoder.Token()
		if err != nil {
			return text.String()
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "S" || !isDiagnosis(start) {
			continue
		}
		var record string
		if decoder.DecodeElement(&record, &start) != nil {
			return text.String()
		}
		text.WriteString(unescapeCLIXML(record))
	}
}

func isDiagnosis(record xml.StartElement) bool {
	for _, attribute := range record.Attr {
		if attribute.Name.Local == "S" {
			return attribute.Value == "Error" || attribute.Value == "warning"
		}
	}
	return false
}

var clixmlEscape = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)

// unescapeCLIXML undoes _x000D__x000A_ and the like (MS-PSRP 2.2.5.3.2).
func unescapeCLIXML(text string) string {
	return clixmlEscape.ReplaceAllStringFunc(text, func(escaped string) string {
		code, err := strconv.ParseUint(escaped[2:6], 16, 16)
		if err != nil {
			return escaped
		}
		return string(rune(code))
	})
}
