package wsman

import (
	"crypto/rand"
	"encoding/xml"
	"fmt"
	"strings"
)

const envelopeHead = `<s:Envelope xml:lang="%s"` +
	` xmlns:s="` + nsSOAP + `" xmlns:a="` + nsAddressing + `" xmlns:x="` + nsTransfer +
	`" xmlns:n="` + nsEnumerate + `" xmlns:w="` + nsManagement + `" xmlns:rsp="` + nsShell +
	`" xmlns:p="` + nsMicrosoft + `"><s:Header><a:Action>%s</a:Action><a:MessageID>uuid:%s</a:MessageID>` +
	`<a:To>` + anonymous + `</a:To><a:RelatesTo>%s</a:RelatesTo></s:Header><s:Body>`

const envelopeTail = `</s:Body></s:Envelope>`

// envelopeRoom is the size of a reply apart from its streams' data, in bytes.
const envelopeRoom = 2048

// wrap puts a body into the envelope that answers e.
func wrap(e *envelope, lang, action, body string) []byte {
	head := fmt.Sprintf(envelopeHead, lang, escape(action), newID(), escape(e.Header.MessageID))
	return []byte(head + body + envelopeTail)
}

// wrapFault is the envelope of a fault. Its text stands in the detail, with code and
// machine, and mostly in the reason, too.
func wrapFault(e *envelope, lang, machine string, f *fault) []byte {
	text := escape(f.text(lang)) + " "
	sub, detail := "", ""
	if f.subcode != "" {
		sub = `<s:Subcode><s:Value>` + f.subcode + `</s:Value></s:Subcode>`
	}
	if f.detail != "" {
		detail = `<w:FaultDetail>` + f.detail + `</w:FaultDetail>`
	}
	if f.plugin {
		text = `<f:ProviderFault provider="Shell cmd plugin" path="%systemroot%\system32\winrscmd.dll">` + text + `</f:ProviderFault>`
	}
	body := fmt.Sprintf(`<s:Fault><s:Code><s:Value>s:%s</s:Value>%s</s:Code>`+
		`<s:Reason><s:Text xml:lang="%s">%s </s:Text></s:Reason>`+
		`<s:Detail>%s<f:WSManFault xmlns:f="%s" Code="%d" Machine="%s"><f:Message>%s</f:Message></f:WSManFault></s:Detail></s:Fault>`,
		f.role, sub, lang, escape(f.reason(lang)), detail, nsFault, f.code, escape(machine), text)
	return wrap(e, lang, actionFault, body)
}

// escape makes text safe between tags and in attributes.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder does not fail
	return b.String()
}

// newID makes a random identifier in the form Windows uses.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return strings.ToUpper(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}
