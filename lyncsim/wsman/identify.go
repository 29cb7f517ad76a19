package wsman

import "net/http"

// isIdentify says whether a request asks who is there without logging on, as
// Test-WSMan does: it announces so in a header of its own (DSP0226, 11).
func (s *Server) isIdentify(r *http.Request) bool {
	return r.Header.Get("WSMANIDENTIFY") == "unauthenticated" && !s.refusing.Load()
}

// identity is the answer; without logon Windows hides its version.
func identity() []byte {
	return []byte(`<s:Envelope xml:lang="" xmlns:s="` + nsSOAP + `"><s:Header/><s:Body>` +
		`<wsmid:IdentifyResponse xmlns:wsmid="` + nsIdentity + `">` +
		`<wsmid:ProtocolVersion>` + nsManagement + `</wsmid:ProtocolVersion>` +
		`<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>` +
		`<wsmid:ProductVersion>OS: 0.0.0 SP: 0.0 Stack: 3.0</wsmid:ProductVersion>` +
		`</wsmid:IdentifyResponse></s:Body></s:Envelope>`)
}
