package main

import "fmt"

type options struct {
	release, chart, namespace, kubeVersion string
	valueFiles, sets, apiVersions          []string
	skipTests, notes                       bool
}

// parseOptions takes options before, between and after the two arguments, as Helm does.
func parseOptions(arguments []string) (options, error) {
	parsed := options{namespace: "default", kubeVersion: "v1.33.0"}
	var words []string
	for len(arguments) > 0 {
		word := arguments[0]
		arguments = arguments[1:]
		switch word {
		case "--skip-tests":
			parsed.skipTests = true
			continue
		case "--notes":
			parsed.notes = true
			continue
		case "-n", "-f", "--set", "--kube-version", "--api-versions":
		default:
			words = append(words, word)
			continue
		}
		if len(arguments) == 0 {
			return parsed, fmt.Errorf("%s needs a value", word)
		}
		value := arguments[0]
		arguments = arguments[1:]
		switch word {
		case "-n":
			parsed.namespace = value
		case "-f":
			parsed.valueFiles = append(parsed.valueFiles, value)
		case "--set":
			parsed.sets = append(parsed.sets, value)
		case "--kube-version":
			parsed.kubeVersion = value
		case "--api-versions":
			parsed.apiVersions = append(parsed.apiVersions, value)
		}
	}
	if len(words) != 2 {
		return parsed, fmt.Errorf("expected RELEASE and CHART, got %q", words)
	}
	parsed.release, parsed.chart = words[0], words[1]
	return parsed, nil
}
