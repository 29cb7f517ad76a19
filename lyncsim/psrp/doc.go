// Package psrp is the server's side of PowerShell Remoting (MS-PSRP). A Session is one
// runspace pool of one client: it negotiates, reads CREATE_PIPELINE messages, runs each
// pipeline in a runspace, and sends what the pipeline puts out. It knows nothing of the
// transport, which hands it octets and takes fragments from it.
//
// The package shares no code with the client of the product, so that each judges the
// other. Where MS-PSRP and the real engine differ, it does as the real engine does.
package psrp
