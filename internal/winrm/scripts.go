package winrm

import (
	_ "embed"
	"encoding/base64"
	"encoding/binary"
	"unicode/utf16"
)

// The bootstrap is small enough for any command line. It reads the worker from
// standard input, which is limited only by the envelope's size.
var (
	//go:embed bootstrap.ps1
	bootstrapScript string
	//go:embed worker.ps1
	workerScript string
)

// unsupportedMark begins the bootstrap's only line of plain output: the language
// mode and version of a PowerShell that cannot run the worker.
const unsupportedMark = "fedroute-unsupported "

// commandLine starts PowerShell without profile, prompts or a script file.
func commandLine() (program string, arguments []string) {
	return "powershell.exe", []string{"-NoProfile", "-NonInteractive", "-EncodedCommand", encodeCommand(bootstrapScript)}
}

// encodeCommand gives what -EncodedCommand takes: base64 of UTF-16LE.
func encodeCommand(script string) string {
	var raw []byte
	for _, unit := range utf16.Encode([]rune(script)) {
		raw = binary.LittleEndian.AppendUint16(raw, unit)
	}
	return base64.StdEncoding.EncodeToString(raw)
}
