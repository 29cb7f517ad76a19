package wsman

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// maxDuration bounds the durations of clients. A longer duration is shortened to it.
const maxDuration = 365 * 24 * time.Hour

var durationForm = regexp.MustCompile(`^P(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12}(?:\.\d{1,9})?)S)?)?$`)

// parseDuration reads an xs:duration without years and months: PT20S,
// PT60.000S, PT1H30M, P1DT2H.
func parseDuration(s string) (time.Duration, error) {
	m := durationForm.FindStringSubmatch(s)
	if m == nil || s == "P" || s[len(s)-1] == 'T' {
		return 0, fmt.Errorf("%q is not a duration such as PT60S", s)
	}
	var seconds float64
	for i, unit := range []float64{86400, 3600, 60, 1} {
		if m[i+1] == "" {
			continue
		}
		n, err := strconv.ParseFloat(m[i+1], 64)
		if err != nil {
			return 0, fmt.Errorf("%q is not a duration: %w", s, err)
		}
		seconds += n * unit
	}
	if seconds >= maxDuration.Seconds() {
		return maxDuration, nil
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

// formatDuration writes a duration as Windows does in answers: PT7200.000S.
func formatDuration(d time.Duration) string {
	return fmt.Sprintf("PT%.3fS", d.Seconds())
}

// formatAge writes how long a shell has lived, as Windows does: P0DT0H1M2S.
func formatAge(d time.Duration) string {
	s := int64(d / time.Second)
	return fmt.Sprintf("P%dDT%dH%dM%dS", s/86400, s/3600%24, s/60%60, s%60)
}
