package main

import (
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
)

func printJSON(paths []string) error {
	documents := []interface{}{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, text := range separator.Split(string(content), -1) {
			var document interface{}
			if err := yaml.UnmarshalStrict([]byte(text), &document); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			if document != nil {
				documents = append(documents, document)
			}
		}
	}
	fmt.Println(string(mustJSON(documents)))
	return nil
}
